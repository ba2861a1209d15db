import type { Settings } from '@gatehouse/core/kernel/context';
import { sealer } from '@gatehouse/core/crypto/seal';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { hostCookie } from '../http/cookies.ts';

/** Milliseconds that suffice for one redirect on a slow connection. */
const TERM = 60_000;

const NewSecret = z.object({ name: z.string(), secret: z.string() });
/** A new secret with the name of its credential. */
export type NewSecret = z.infer<typeof NewSecret>;

/** `until`: milliseconds since 1970. It is sealed too, because browsers may keep a cookie for longer than they should. */
const Sealed = z.object({ ...NewSecret.shape, until: z.number() });

/** The page that may show the secret, as `<developer> <path>`. The seal binds the secret to it. */
type SecretPage = { settings: Settings; page: string; now: Date };

const cookie = (settings: Settings) => hostCookie(settings, { name: 'new_secret', sameSite: 'strict' });

/**
 * Passes a new secret to the page that shows it. The form can then respond with a redirect, so that reloading does not
 * create another secret. The browser carries the sealed secret for a minute.
 */
export function handOver(res: Response, { settings, page, now }: SecretPage, secret: NewSecret): void {
  const content = JSON.stringify({ ...secret, until: now.getTime() + TERM });
  const sealed = sealer(settings, 'new secret').seal(content, page);
  cookie(settings).keep(res, sealed, { maxAge: TERM });
}

/** The secret for this page. Null if it was already shown or has expired. */
export function handedOver(req: Pick<Request, 'headers'>, { settings, page, now }: SecretPage): NewSecret | null {
  const sealed = cookie(settings).read(req);
  const text = sealed === null ? null : sealer(settings, 'new secret').open(sealed, page);
  const { data } = Sealed.safeParse(text === null ? null : JSON.parse(text));
  return data && data.until > now.getTime() ? { name: data.name, secret: data.secret } : null;
}

/** Called after the secret was shown, so that a page that failed can be loaded again. */
export const dropSecret = (res: Response, settings: Settings): void => cookie(settings).drop(res);
