import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Actor } from '@gatehouse/contract/actor';
import type { ErrorCode } from '@gatehouse/contract/errors';
import { inCall } from '@gatehouse/postgres/call';
import { shortened } from '@gatehouse/core/kernel/use-case';
import type { RequestHandler } from 'express';

/** Facts about the current request, for problem documents, the log and the metrics. */
export type CurrentRequest = {
  /** The request id that the caller sent, or else `ownId`. */
  requestId: string;
  /** The request id for stored records, generated here or by a trusted proxy. */
  ownId: string;
  method: string;
  /** The path as received, without the query string, which may contain secrets. */
  path: string;
  /** The path as the caller knows it, with the prefix that a proxy strips. */
  instance: string;
  /** The template of the route (`/api/approvals/{approval_id}`), for metrics. Null until a route has matched. */
  route: string | null;
  actor: Actor;
  /** The request has an unknown, revoked or expired token (RFC 6750 section 3.1, `invalid_token`). */
  invalidToken: boolean;
  /** The error code of the response, or null for a success. For a batch, the last one. */
  errorCode: ErrorCode | null;
  /** Whether the delay of a refusal is over or not needed. */
  isPaced: boolean;
};

/** The most characters of a path in logs and responses. */
const LONGEST_PATH = 1000;

const storage = new AsyncLocalStorage<CurrentRequest>();
const ACCEPTED_ID = /^[\w.-]{1,64}$/;

/** The caller's `X-Request-Id` if it is safe to log and return, else a new one. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && ACCEPTED_ID.test(given) ? given : randomUUID();
}

type Settings = {
  /** The path of the public address, which a proxy strips. */
  prefix: string;
  /** Whether this is the address of a trusted proxy, whose ids may be kept. */
  isProxy: (address: string) => boolean;
};

/** Must be the first middleware. Every response gets an `X-Request-Id`. */
export const trackRequest =
  ({ prefix, isProxy }: Settings): RequestHandler =>
  (req, res, next) => {
    const requestId = requestIdOf(req);
    const ownId = isProxy(req.socket.remoteAddress ?? '') ? requestId : randomUUID();
    res.setHeader('X-Request-Id', requestId);
    const path = shortened(req.originalUrl.split('?', 1)[0] ?? '/', LONGEST_PATH);
    const request: CurrentRequest = {
      requestId,
      ownId,
      method: req.method,
      path,
      instance: prefix + path,
      route: null,
      actor: { kind: 'anonymous' },
      invalidToken: false,
      errorCode: null,
      isPaced: false,
    };
    const gone = new AbortController();
    res.once('close', () => {
      if (!res.writableFinished) gone.abort();
    });
    storage.run(request, () => inCall({ signal: gone.signal }, next));
  };

/** The current request. Throws outside of one. */
export function currentRequest(): CurrentRequest {
  const request = storage.getStore();
  if (!request) throw new Error('not in a request');
  return request;
}

/** Sets the route template for a handler outside the tables of routes. */
export const onRoute =
  (route: string): RequestHandler =>
  (_req, _res, next) => {
    currentRequest().route = route;
    next();
  };
