import type { Settings } from '@gatehouse/core/kernel/context';
import { sealer } from '@gatehouse/core/crypto/seal';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { isHttps, readCookie } from '../http/session-cookie.ts';

/** Milliseconds: the time of one redirect, on a slow connection. */
const TERM = 60_000;

const NewSecret = z.object({ name: z.string(), secret: z.string() });
/** A new secret, and the name of its credential. */
export type NewSecret = z.infer<typeof NewSecret>;

/** `until`: milliseconds since 1970. A browser may keep a cookie for longer than it was told. */
const Sealed = z.object({ ...NewSecret.shape, until: z.number() });

/** The page that may show the secret, as `<developer> <path>`. The seal binds the secret to it. */
type SecretPage = { settings: Settings; page: string; now: Date };

const nameOf = (settings: Settings): string =>
  isHttps(settings) ? '__Host-gatehouse_new_secret' : 'gatehouse_new_secret';

/**
 * Hands a new secret over to the page that shows it, so that the form itself answers with a redirect and can be reloaded
 * without making another secret. The browser carries it, sealed, for a minute.
 */
export function handOver(res: Response, { settings, page, now }: SecretPage, secret: NewSecret): void {
  const content = JSON.stringify({ ...secret, until: now.getTime() + TERM });
  const sealed = sealer(settings, 'new secret').seal(content, page);
  res.cookie(nameOf(settings), sealed, { ...attributes(settings), maxAge: TERM });
}

/** The secret that was handed over to this page; null when it was shown before, or too late. */
export function handedOver(req: Pick<Request, 'headers'>, { settings, page, now }: SecretPage): NewSecret | null {
  const sealed = readCookie(req, nameOf(settings));
  const text = sealed === null ? null : sealer(settings, 'new secret').open(sealed, page);
  const { data } = Sealed.safeParse(text === null ? null : JSON.parse(text));
  return data && data.until > now.getTime() ? { name: data.name, secret: data.secret } : null;
}

/** To be called once the secret is shown, and not before: a page that could not be shown can be loaded again. */
export const dropSecret = (res: Response, settings: Settings): void => {
  res.clearCookie(nameOf(settings), attributes(settings));
};

const attributes = (settings: Settings) =>
  ({ httpOnly: true, secure: isHttps(settings), sameSite: 'strict', path: '/' }) as const;
