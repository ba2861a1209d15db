import type { IncomingMessage, ServerResponse } from 'node:http';
import { ERRORS, GatehouseError } from '@gatehouse/contract/errors';
import { problemOf } from '@gatehouse/contract/problem';
import type { GatewayDecision, Pass } from '@gatehouse/core/gateway/gateway-decision';
import type { GatewayProduct } from '@gatehouse/core/gateway/find-gateway-product';
import type { Logger } from 'pino';
import { describeCauses } from '../http/log-error.ts';
import type { Metrics } from '../http/metrics.ts';
import { LogThrottle } from '../http/log-throttle.ts';
import { retryAfterOf, toGatehouseError } from '../http/problem.ts';
import { requestIdOf } from '../http/current-request.ts';

export type ResponderDeps = { logger: Logger; metrics: Metrics };

/** `no credential`: the request has no key or login of a kind that the product accepts. */
export type Outcome = GatewayDecision | { kind: 'no credential' };
export const NO_CREDENTIAL: Outcome = { kind: 'no credential' };
type About = { api_product_id?: string; credential_id?: string; challenges?: string[] };
type Reply = { status: number; headers: Record<string, string | string[]>; body: string };

const ROUTE = '/gateway/verify/{api_product_id}';
/** One pass in so many is logged at level `info`, every pass at `debug`. Refusals are throttled by error code. */
const SAMPLE = 1000;

/** A request and its response; `begun`: milliseconds by `performance.now`. */
export type Exchange = { req: IncomingMessage; res: ServerResponse; begun: number };

/** Answers gateways: headers for the API behind it, or a problem document (RFC 9457) for the caller. */
export function createResponder({ logger, metrics }: ResponderDeps) {
  let passes = 0;

  /** Returns the milliseconds that it took. */
  function send({ res, begun }: Exchange, { status, headers, body }: Reply): number {
    res.writeHead(status, headers).end(body);
    const milliseconds = performance.now() - begun;
    metrics.observe({ method: 'any', route: ROUTE, status }, milliseconds / 1000);
    return milliseconds;
  }

  function pass(exchange: Exchange, { pass: passing }: Extract<Outcome, { kind: 'pass' }>): void {
    const milliseconds = send(exchange, passReply(passing));
    passes += 1;
    const level = passes % SAMPLE === 1 ? 'info' : 'debug';
    if (!logger.isLevelEnabled(level)) return;
    const { apiProductId, credentialId } = passing;
    const line = lineOf(requestIdOf(exchange.req), 200, milliseconds);
    logger[level]({ ...line, api_product_id: apiProductId, credential_id: credentialId, passes }, 'passed');
  }

  function refuse(exchange: Exchange, error: GatehouseError, { challenges = [], ...about }: About = {}): void {
    const requestId = requestIdOf(exchange.req);
    const reply = refusalReply(error, requestId, challenges);
    const line = lineOf(requestId, reply.status, send(exchange, reply));
    const causes = error.code === 'internal' ? { causes: describeCauses(error.cause) } : {};
    const level = ERRORS[error.code].status >= 500 ? 'error' : 'info';
    const full = { ...line, error_code: error.code, ...about, ...causes };
    LogThrottle.on(logger).write({ kind: `gateway ${error.code}`, level }, full, 'refused');
  }

  return {
    respond(exchange: Exchange, product: GatewayProduct, outcome: Outcome): void {
      const about = { api_product_id: product.id };
      switch (outcome.kind) {
        case 'pass':
          return pass(exchange, outcome);
        case 'refused':
          return refuse(exchange, outcome.error, { ...about, credential_id: outcome.credentialId });
        case 'malformed':
        case 'unknown':
          return refuse(exchange, UNKNOWN, { ...about, challenges: challengesOf(product, ', error="invalid_token"') });
        case 'no credential':
          return refuse(exchange, MISSING, { ...about, challenges: challengesOf(product, '') });
      }
    },
    fail: (exchange: Exchange, thrown: unknown): void => refuse(exchange, toGatehouseError(thrown)),
  };
}

const lineOf = (requestId: string, status: number, milliseconds: number): object => ({
  request_id: requestId,
  route: ROUTE,
  status,
  duration_ms: Math.round(milliseconds * 100) / 100,
});

const UNKNOWN = new GatehouseError('unauthenticated', 'The key or login is not valid: unknown, revoked or expired.');
const MISSING = new GatehouseError('unauthenticated', 'Send a key or login of a kind that this API product accepts.');

/** RFC 6750 section 3 for keys, RFC 7617 section 2 for logins. A product that takes neither must still send one. */
const challengesOf = ({ auth }: GatewayProduct, error: string): string[] => [
  ...(auth['key-auth'] || !auth['basic-auth'] ? [`Bearer realm="gatehouse"${error}`] : []),
  ...(auth['basic-auth'] ? ['Basic realm="gatehouse", charset="UTF-8"'] : []),
];

const passReply = ({ developerId, applicationId, credentialId, apiProductId }: Pass): Reply => ({
  status: 200,
  headers: {
    'X-Developer-Id': developerId,
    'X-Application-Id': applicationId,
    'X-Credential-Id': credentialId,
    'X-Api-Product-Id': apiProductId,
    'Cache-Control': 'no-store',
    'Content-Length': '0',
  },
  body: '',
});

function refusalReply(error: GatehouseError, requestId: string, challenges: string[]): Reply {
  const problem = problemOf(error, { instance: ROUTE, requestId });
  const body = JSON.stringify(problem);
  const retryAfter = retryAfterOf(error);
  return {
    status: problem.status,
    headers: {
      'Content-Type': 'application/problem+json; charset=utf-8',
      'Content-Length': String(Buffer.byteLength(body)),
      'Cache-Control': 'no-store',
      'X-Request-Id': requestId,
      ...(challenges.length > 0 ? { 'WWW-Authenticate': challenges } : {}),
      ...(retryAfter === null ? {} : { 'Retry-After': retryAfter }),
    },
    body,
  };
}
