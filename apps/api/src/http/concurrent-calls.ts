import { GatehouseError } from '@gatehouse/contract/errors';
import { OPERATOR_SESSION_PREFIX } from '@gatehouse/core/operator/authenticate-operator-session';
import { SESSION_PREFIX } from '@gatehouse/core/session/authenticate-session';
import type { Request, RequestHandler } from 'express';
import { readToken } from './credentials.ts';
import type { PublicAddress } from './cookies.ts';
import { consoleCookie, sessionCookie } from './session-cookie.ts';

/**
 * The most concurrent calls of one credential in this process. A person needs a few, while a front end calls for many
 * people. Without a limit, one credential could fill the queue for database connections and block all other callers.
 */
export const MOST_UNDER_WAY = { session: 20, token: 256 };

/** Responds with 429 to a credential that exceeds its concurrent calls. */
export function limitConcurrentCalls(publicAddress: PublicAddress): RequestHandler {
  const underWay = new Map<string, number>();
  return (req, res, next) => {
    const credential = credentialOf(req, publicAddress);
    if (credential === null) {
      next();
      return;
    }
    const held = underWay.get(credential) ?? 0;
    const isSession = [SESSION_PREFIX, OPERATOR_SESSION_PREFIX].some((prefix) => credential.startsWith(prefix));
    const most = isSession ? MOST_UNDER_WAY.session : MOST_UNDER_WAY.token;
    if (held >= most)
      throw new GatehouseError(
        'rate_limited',
        `At most ${String(most)} concurrent requests are allowed. Wait for responses before you send more.`,
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

/**
 * The token or session of the request, even an invalid one. Null without one. The session of a developer comes first:
 * otherwise, an invented cookie of the console would give a developer a new count for each request.
 */
export function credentialOf(req: Request, publicAddress: PublicAddress): string | null {
  const token = readToken(req.headers);
  if (typeof token === 'string') return token;
  if (token !== null) return null;
  return sessionCookie(publicAddress).read(req) ?? consoleCookie(publicAddress).read(req);
}
