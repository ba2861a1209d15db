import { GatehouseError } from '@gatehouse/contract/errors';
import type { Request } from 'express';
import { hostCookie, mayBeForeign, type PublicAddress } from './cookies.ts';

/** The cookie that holds the session token of a developer. */
export const sessionCookie = (address: PublicAddress) => hostCookie(address, { name: 'session', sameSite: 'lax' });

/** The cookie that holds the secret of a console session. Other sites cannot send it, not even by a link. */
export const consoleCookie = (address: PublicAddress) => hostCookie(address, { name: 'console', sameSite: 'strict' });

/** Throws `forbidden` for a change that does not come from a page of this service or of the portal. */
export function refuseForeignPages(req: Pick<Request, 'method' | 'headers'>, urls: (string | null)[]): void {
  if (!mayBeForeign(req, urls)) return;
  throw new GatehouseError(
    'forbidden',
    'A change with a session cookie must come from a page of this portal, but the Origin header is missing or different.',
  );
}

/**
 * Throws `forbidden` for a change that does not come from a page of this service. Operators may also use it by plain http
 * under another address, where browsers send no `Sec-Fetch-Site`. A browser sends the cookie only to the host that set it.
 */
export function refuseOtherPages(req: Pick<Request, 'method' | 'headers'>, { publicUrl }: PublicAddress): void {
  const { host = '', 'sec-fetch-site': site } = req.headers;
  if (!mayBeForeign(req, [publicUrl, ...(site === undefined ? [`http://${host}`] : [])])) return;
  throw new GatehouseError(
    'forbidden',
    'A change with a console session must come from the console, but the Origin header is missing or different.',
  );
}
