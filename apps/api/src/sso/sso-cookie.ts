import { Vouched } from '@gatehouse/contract/login-option';
import type { Settings } from '@gatehouse/core/context';
import { sealer } from '@gatehouse/core/seal';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { isHttps, readCookie } from '../http/session-cookie.ts';

/** Milliseconds that a sign-in elsewhere may take. */
const PATIENCE = 600_000;

const always = {
  until: z.number(),
  return_to: z.string(),
  /** The session that the browser had: a form of another site does not bring its cookie along. */
  replaces: z.object({ sessionId: z.string(), portalId: z.string() }).nullable(),
};
const Kept = z.discriminatedUnion('stage', [
  z.object({
    ...always,
    stage: z.literal('begun'),
    begun: z.object({ state: z.string() }).catchall(z.string()),
  }),
  z.object({ ...always, stage: z.literal('unnamed'), vouched: Vouched }),
]);
export type Kept = z.infer<typeof Kept>;
/** `until` absent: from now on as long as a sign-in may take. */
type New<T> = T extends { until: number } ? Omit<T, 'until'> & { until?: number } : never;

/** Where, and for which login option. */
type Place = { settings: Settings; option: string; now: Date };

const nameOf = (settings: Settings): string => (isHttps(settings) ? '__Host-gatehouse_sso' : 'gatehouse_sso');

/**
 * What a sign-in that is under way needs to know when the browser comes back. It is kept by that very browser, which cannot
 * read it: so whoever brings an answer is who asked, whatever process is asked. `crossSite`: the answer is a form that a
 * page of the provider posts (SAML), and browsers send such a cookie over https alone, and from this machine.
 */
export function keepSsoCookie(
  res: Response,
  { settings, option, now }: Place,
  { crossSite, until = now.getTime() + PATIENCE, ...value }: New<Kept> & { crossSite: boolean },
): void {
  const text = JSON.stringify({ ...value, until });
  res.cookie(nameOf(settings), sealer(settings, 'sso cookie').seal(text, option), {
    httpOnly: true,
    secure: crossSite || isHttps(settings),
    sameSite: crossSite ? 'none' : 'lax',
    path: '/',
    maxAge: until - now.getTime(),
  });
}

/** Null where this browser has begun nothing here, or too long ago. */
export function readSsoCookie(req: Request, { settings, option, now }: Place): Kept | null {
  const sealed = readCookie(req, nameOf(settings));
  const text = sealed === null ? null : sealer(settings, 'sso cookie').open(sealed, option);
  if (text === null) return null;
  // Another release may keep other things.
  const kept = Kept.safeParse(JSON.parse(text));
  return kept.success && kept.data.until > now.getTime() ? kept.data : null;
}

export const dropSsoCookie = (res: Response, settings: Settings): void => {
  res.clearCookie(nameOf(settings), { path: '/', secure: isHttps(settings) });
};
