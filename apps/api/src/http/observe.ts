import type { Actor } from '@gatehouse/contract/actor';
import type { ErrorCode } from '@gatehouse/contract/errors';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { Metrics } from './metrics.ts';
import { currentRequest } from './current-request.ts';
import { LogThrottle } from './log-throttle.ts';

/** Logs and measures each request when its response is sent or its caller has disconnected. Never logs headers or bodies. */
export const observe = (logger: Logger, metrics: Metrics): RequestHandler => {
  const throttle = LogThrottle.on(logger);
  return (_req, res, next) => {
    const request = currentRequest();
    const begun = performance.now();
    res.once('close', () => {
      const { requestId, ownId, method, path, actor, errorCode } = request;
      const { statusCode: status, writableFinished } = res;
      const milliseconds = performance.now() - begun;
      const route = request.route ?? 'none';
      metrics.observe({ method, route, status }, milliseconds / 1000);
      const line = {
        request_id: requestId,
        ...(ownId === requestId ? {} : { own_request_id: ownId }),
        method,
        route,
        path,
        status,
        ...(errorCode === null ? {} : { error_code: errorCode }),
        duration_ms: Math.round(milliseconds * 100) / 100,
        ...describe(actor),
      };
      const message = writableFinished ? 'answered' : 'the caller has gone';
      const level = levelOf(status, errorCode);
      if (status < 500 && actor.kind !== 'anonymous') logger[level](line, message);
      else
        throttle.write({ kind: errorCode ?? `status ${String(status)}`, level, most: mostOf(status) }, line, message);
    });
    next();
  };
};

/** The most lines a minute, so that callers without a token cannot flood the log. */
const mostOf = (status: number): number => (status < 400 ? 600 : 10);

/** `refusals.ts` counts calls that a rate limit refuses, because one line each would let callers flood the log. */
const levelOf = (status: number, errorCode: ErrorCode | null): 'debug' | 'info' | 'error' =>
  status >= 500 ? 'error' : errorCode === 'rate_limited' ? 'debug' : 'info';

function describe(actor: Actor): { actor: string; actor_id?: string; on_behalf_of?: string } {
  if (actor.kind === 'anonymous') return { actor: actor.kind };
  if (actor.kind === 'developer') return { actor: actor.kind, actor_id: actor.developerId };
  const developer = actor.kind === 'portal_token' ? actor.developer : null;
  return { actor: actor.kind, actor_id: actor.id, ...(developer ? { on_behalf_of: developer.developerId } : {}) };
}
