import { hash } from 'node:crypto';
import { VerifiedClaims } from '@gatehouse/contract/verified-claims';
import type { Settings } from '@gatehouse/core/kernel/context';
import { sealer } from '@gatehouse/core/crypto/seal';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { cookieName, cookiesOf, isHttps } from '../http/cookies.ts';

/** Milliseconds that a sign-in at an identity provider may take. */
const PATIENCE = 600_000;

/**
 * The maximum number of stored sign-ins per browser, and the maximum bytes of their cookies. Browsers send all of them
 * with every request, and many proxies reject a Cookie header of more than 8 KB.
 */
const [MOST, BYTES] = [5, 4096];

const always = {
  login_option: z.string(),
  /** Milliseconds since 1970. */
  until: z.number(),
  return_to: z.string(),
};
/** The session at the start of the sign-in. A form that another site posts does not send its cookie. */
const replaces = z.object({ sessionId: z.string(), portalId: z.string() }).nullable();

const StoredSignIn = z.discriminatedUnion('stage', [
  /** The browser is at the provider. */
  z.object({
    ...always,
    replaces,
    stage: z.literal('begun'),
    begun: z.object({ state: z.string() }).catchall(z.string()),
  }),
  /** The claims are verified, and the person must choose a username. */
  z.object({ ...always, replaces, stage: z.literal('unnamed'), claims: VerifiedClaims }),
  /** Complete. `token`: the token of the new session, kept in case the browser reloads the callback. */
  z.object({ ...always, stage: z.literal('done'), token: z.string() }),
]);
export type StoredSignIn = z.infer<typeof StoredSignIn>;

/** A sign-in of one browser. `key` names its cookie. */
export type SignIn = { key: string; stored: StoredSignIn };

/** The browser of a request, and the time. */
type Browser = { req: Pick<Request, 'headers'>; res: Response; settings: Settings; now: Date };

/** The key of a sign-in, derived from its state. The state itself is secret and stays inside the cookie. */
export const keyOf = (state: string): string => hash('sha256', state, 'base64url').slice(0, 22);

const KEY = /^[\w-]{22}$/;

/** When a sign-in that starts now expires. */
export const endOf = (now: Date): number => now.getTime() + PATIENCE;

const prefixOf = (settings: Settings): string => cookieName(settings, 'sso_');

/**
 * Stores a sign-in until the browser comes back. The browser stores it, encrypted, so that every process can read it
 * and a response works only in the browser that started the sign-in. Each sign-in has its own cookie, so that
 * concurrent tabs cannot overwrite each other. `crossSite`: a page of the provider posts the response (SAML). Browsers
 * send such cookies only over https and to localhost.
 */
export function keepSignIn(browser: Browser, { key, stored }: SignIn, { crossSite }: { crossSite: boolean }): void {
  const { res, settings, now } = browser;
  const name = prefixOf(settings) + key;
  const value = sealer(settings, 'sso cookie').seal(JSON.stringify(stored), key);
  makeRoom(browser, { key, size: name.length + value.length });
  res.cookie(name, value, {
    httpOnly: true,
    secure: crossSite || isHttps(settings),
    sameSite: crossSite ? 'none' : 'lax',
    path: '/',
    maxAge: stored.until - now.getTime(),
  });
}

/** The stored sign-ins of this browser for all portals, newest first and completed ones last. */
export const signInsOf = (browser: Browser): SignIn[] =>
  opened(browser)
    .flatMap(({ key, stored }) => (stored ? [{ key, stored }] : []))
    .toSorted(byImportance);

export const dropSignIn = ({ res, settings }: Pick<Browser, 'res' | 'settings'>, key: string): void => {
  res.clearCookie(prefixOf(settings) + key, { path: '/', secure: isHttps(settings) });
};

const byImportance = (a: { stored: StoredSignIn }, b: { stored: StoredSignIn }): number =>
  Number(a.stored.stage === 'done') - Number(b.stored.stage === 'done') || b.stored.until - a.stored.until;

/** Drops expired and unreadable cookies, and then the least important ones until the new cookie fits. */
function makeRoom(browser: Browser, { key, size }: { key: string; size: number }): void {
  const others = opened(browser).filter((cookie) => cookie.key !== key);
  const alive = others
    .flatMap((other) => (other.stored ? [{ ...other, stored: other.stored }] : []))
    .toSorted(byImportance);
  const staying = new Set<string>();
  let left = BYTES - size;
  for (const other of alive.slice(0, MOST - 1)) {
    left -= other.size;
    if (left < 0) break;
    staying.add(other.key);
  }
  for (const other of others) if (!staying.has(other.key)) dropSignIn(browser, other.key);
}

/** `stored` is null for a cookie that has expired, is unreadable or comes from another release. */
function opened({ req, settings, now }: Browser): { key: string; size: number; stored: StoredSignIn | null }[] {
  const prefix = prefixOf(settings);
  const { open } = sealer(settings, 'sso cookie');
  return cookiesOf(req)
    .filter(([name]) => name.startsWith(prefix) && KEY.test(name.slice(prefix.length)))
    .map(([name, value]) => {
      const key = name.slice(prefix.length);
      const text = open(value, key);
      const stored = text === null ? null : StoredSignIn.safeParse(JSON.parse(text)).data;
      return { key, size: name.length + value.length, stored: stored && stored.until > now.getTime() ? stored : null };
    });
}
