import type { Settings } from '@gatehouse/core/context';
import { sealer } from '@gatehouse/core/seal';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { cookiesOf, isHttps } from '../http/session-cookie.ts';

/** Milliseconds: the time of one redirect, on a slow connection. */
const TERM = 60_000;

const NewSecret = z.object({ name: z.string(), secret: z.string() });
/** A secret that was just made, and the name of what it belongs to. */
export type NewSecret = z.infer<typeof NewSecret>;

/** `page`: whose page may show it, as `<developer> <path>`. The seal binds the secret to that page. */
type Place = { settings: Settings; page: string };

const nameOf = (settings: Settings): string =>
  isHttps(settings) ? '__Host-gatehouse_new_secret' : 'gatehouse_new_secret';

/**
 * Hands a new secret over to the page that shows it, so that the form itself answers with a redirect and can be reloaded
 * without making another secret. The browser carries it, sealed, for a minute.
 */
export function handOver(res: Response, { settings, page }: Place, secret: NewSecret): void {
  const sealed = sealer(settings, 'new secret').seal(JSON.stringify(secret), page);
  res.cookie(nameOf(settings), sealed, { ...attributes(settings), maxAge: TERM });
}

/** The secret that was handed over to this page; null when it was shown before. */
export function takeOver(req: Request, res: Response, { settings, page }: Place): NewSecret | null {
  const [, sealed] = cookiesOf(req).find(([name]) => name === nameOf(settings)) ?? [];
  const text = sealed === undefined ? null : sealer(settings, 'new secret').open(sealed, page);
  if (text === null) return null;
  if (req.method !== 'HEAD') res.clearCookie(nameOf(settings), attributes(settings));
  return NewSecret.parse(JSON.parse(text));
}

const attributes = (settings: Settings) =>
  ({ httpOnly: true, secure: isHttps(settings), sameSite: 'strict', path: '/' }) as const;
