import { GatehouseError } from '@gatehouse/contract/errors';
import { SESSION_PREFIX } from '@gatehouse/core/session/authenticate-session';
import type { Request, RequestHandler } from 'express';
import { readToken } from './credentials.ts';
import type { PublicAddress } from './cookies.ts';
import { sessionCookie } from './session-cookie.ts';

/**
 * The most calls that one credential may have under way in this process. A person needs a few; a front end calls for many
 * people at once. Without a bound, one of them could fill the queue for database connections and keep everybody else out.
 */
export const MOST_UNDER_WAY = { session: 20, token: 256 };

/** Answers 429 to a credential that sends more calls before the earlier ones are answered. */
export function limitConcurrentCalls(publicAddress: PublicAddress): RequestHandler {
  const underWay = new Map<string, number>();
  return (req, res, next) => {
    const credential = credentialOf(req, publicAddress);
    if (credential === null) {
      next();
      return;
    }
    const held = underWay.get(credential) ?? 0;
    const most = credential.startsWith(SESSION_PREFIX) ? MOST_UNDER_WAY.session : MOST_UNDER_WAY.token;
    if (held >= most)
      throw new GatehouseError(
        'rate_limited',
        `At most ${String(most)} requests may be under way at once. Wait for answers before you send more.`,
        { retryAfterSeconds: 1 },
      );
    underWay.set(credential, held + 1);
    res.once('close', () => {
      const left = (underWay.get(credential) ?? 1) - 1;
      if (left === 0) underWay.delete(credential);
      else underWay.set(credential, left);
    });
    next();
  };
}

/** The token or session that the request carries, valid or not; null without one. */
function credentialOf(req: Request, publicAddress: PublicAddress): string | null {
  const token = readToken(req.headers);
  if (typeof token === 'string') return token;
  return token === null ? sessionCookie(publicAddress).read(req) : null;
}
