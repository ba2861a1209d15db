import type { Settings } from '@gatehouse/core/kernel/context';
import { sealer } from '@gatehouse/core/crypto/seal';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { hostCookie } from '../http/cookies.ts';

/** Milliseconds: the time of one redirect, on a slow connection. */
const TERM = 60_000;

const NewSecret = z.object({ name: z.string(), secret: z.string() });
/** A new secret, and the name of its credential. */
export type NewSecret = z.infer<typeof NewSecret>;

/** `until`: milliseconds since 1970. A browser may keep a cookie for longer than it was told. */
const Sealed = z.object({ ...NewSecret.shape, until: z.number() });

/** The page that may show the secret, as `<developer> <path>`. The seal binds the secret to it. */
type SecretPage = { settings: Settings; page: string; now: Date };

const cookie = (settings: Settings) => hostCookie(settings, { name: 'new_secret', sameSite: 'strict' });

/**
 * Hands a new secret over to the page that shows it, so that the form itself answers with a redirect and can be reloaded
 * without making another secret. The browser carries it, sealed, for a minute.
 */
export function handOver(res: Response, { settings, page, now }: SecretPage, secret: NewSecret): void {
  const content = JSON.stringify({ ...secret, until: now.getTime() + TERM });
  const sealed = sealer(settings, 'new secret').seal(content, page);
  cookie(settings).keep(res, sealed, { maxAge: TERM });
}

/** The secret that was handed over to this page; null when it was shown before, or too late. */
export function handedOver(req: Pick<Request, 'headers'>, { settings, page, now }: SecretPage): NewSecret | null {
  const sealed = cookie(settings).read(req);
  const text = sealed === null ? null : sealer(settings, 'new secret').open(sealed, page);
  const { data } = Sealed.safeParse(text === null ? null : JSON.parse(text));
  return data && data.until > now.getTime() ? { name: data.name, secret: data.secret } : null;
}

/** To be called once the secret is shown, and not before: a page that could not be shown can be loaded again. */
export const dropSecret = (res: Response, settings: Settings): void => cookie(settings).drop(res);
