import type { Request, Response } from 'express';
import { GatehouseError } from '@gatehouse/contract/errors';

/** Where this service is reached from outside decides how its cookie is called and kept (RFC 6265bis section 4.1.3). */
export type PublicAddress = { publicUrl: string };

export const isHttps = ({ publicUrl }: PublicAddress): boolean => publicUrl.startsWith('https:');
const nameOf = (publicAddress: PublicAddress): string =>
  isHttps(publicAddress) ? '__Host-gatehouse_session' : 'gatehouse_session';

/** The session that a browser keeps; null where it keeps none. */
export const readSessionCookie = (req: Pick<Request, 'headers'>, publicAddress: PublicAddress): string | null =>
  readCookie(req, nameOf(publicAddress));

export function readCookie(req: Pick<Request, 'headers'>, name: string): string | null {
  const [, value = ''] = cookiesOf(req).find(([each]) => each === name) ?? [];
  return value === '' ? null : value;
}

/** Each cookie that the browser sends: its name and its value. */
export const cookiesOf = ({ headers }: Pick<Request, 'headers'>): (readonly [name: string, value: string])[] =>
  (headers.cookie ?? '').split(';').map((cookie) => {
    const [name = '', ...value] = cookie.trim().split('=');
    return [name, value.join('=')];
  });

/** Scripts cannot read it, and other sites cannot have it sent with a change. */
export function keepSessionCookie(
  res: Response,
  publicAddress: PublicAddress,
  { token, expires_at }: SessionToken,
): void {
  res.cookie(nameOf(publicAddress), token, { ...attributes(publicAddress), expires: new Date(expires_at) });
}

type SessionToken = { token: string; expires_at: string };

export const dropSessionCookie = (res: Response, publicAddress: PublicAddress): void => {
  res.clearCookie(nameOf(publicAddress), attributes(publicAddress));
};

const attributes = (publicAddress: PublicAddress) =>
  ({ httpOnly: true, secure: isHttps(publicAddress), sameSite: 'lax', path: '/' }) as const;

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * What a browser sends by itself proves nothing about who asked: a change must come from a page of this service or of the
 * portal (`Sec-Fetch-Site`, or `Origin` where that is missing or says less). Throws `forbidden`.
 */
export function refuseForeignPages(req: Pick<Request, 'method' | 'headers'>, urls: (string | null)[]): void {
  if (READS.has(req.method) || req.headers['sec-fetch-site'] === 'same-origin') return;
  const { origin } = req.headers;
  const own = urls.filter((url) => url !== null).map((url) => new URL(url).origin);
  if (origin !== undefined && own.includes(origin)) return;
  throw new GatehouseError(
    'forbidden',
    'A change with a session cookie must come from a page of this portal, but Origin is missing or different.',
  );
}
