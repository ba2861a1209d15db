import { GatehouseError } from '@gatehouse/contract/errors';
import type { Request } from 'express';
import { hostCookie, mayBeForeign, type PublicAddress } from './cookies.ts';

/** The cookie that holds the session token. */
export const sessionCookie = (address: PublicAddress) => hostCookie(address, { name: 'session', sameSite: 'lax' });

/** Throws `forbidden` for a change that does not come from a page of this service or of the portal. */
export function refuseForeignPages(req: Pick<Request, 'method' | 'headers'>, urls: (string | null)[]): void {
  if (!mayBeForeign(req, urls)) return;
  throw new GatehouseError(
    'forbidden',
    'A change with a session cookie must come from a page of this portal, but the Origin header is missing or different.',
  );
}
