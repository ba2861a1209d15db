import type { Actor } from '@gatehouse/contract/actor';
import { GatehouseError } from '@gatehouse/contract/errors';
import type { Context, Settings } from '@gatehouse/core/context';
import { authenticateToken, speakFor } from '@gatehouse/core/token/authenticate';
import type { Request } from 'express';
import { readToken, UNREADABLE_TOKEN } from './http/credentials.ts';
import type { RateLimits } from './http/rate-limit.ts';
import { currentPlace } from './http/request-place.ts';

/** What the procedures of one HTTP request share. */
export type ApiContext = {
  clientAddress: string;
  limits: RateLimits;
  hasIdempotencyKey: boolean;
  /** Who holds the token; `unauthenticated` for a wrong one. Asked once, however many calls a batch has. */
  authenticate(): Promise<Actor>;
  /** Core's context for this caller, or for the developer whom its portal token speaks for. */
  enter(caller: Actor): Promise<Context>;
};

export type ContextDeps = Pick<Context, 'em' | 'onRevoked'> & {
  settings: Settings;
  limits: RateLimits;
  clock: () => Date;
};

export function createContext({ em, settings, limits, clock, onRevoked }: ContextDeps, req: Request): ApiContext {
  const now = clock();
  const place = currentPlace();
  let caller: Promise<Actor> | undefined;
  return {
    clientAddress: req.ip ?? '',
    limits,
    hasIdempotencyKey: req.headers['idempotency-key'] !== undefined,
    authenticate() {
      caller ??= authenticate({ em, now }, req);
      return caller;
    },
    async enter(authenticated) {
      const developerId = req.get('x-portal-developer-id');
      const actor =
        developerId === undefined ? authenticated : await speakFor({ em, actor: authenticated }, developerId);
      place.actor = actor;
      return { em, actor, now, requestId: place.requestId, settings, ...(onRevoked ? { onRevoked } : {}) };
    },
  };
}

async function authenticate(context: { em: Context['em']; now: Date }, req: Request): Promise<Actor> {
  const token = readToken(req.headers);
  if (token === null) return { kind: 'anonymous' };
  const actor = token === UNREADABLE_TOKEN ? null : await authenticateToken(context, token);
  const place = currentPlace();
  if (actor) {
    place.actor = actor;
    return actor;
  }
  place.invalidToken = true;
  throw new GatehouseError('unauthenticated', 'The token is not valid: unknown, revoked or expired.');
}
