import type { IncomingMessage, ServerResponse } from 'node:http';
import { ERRORS, GatehouseError } from '@gatehouse/contract/errors';
import { problemOf } from '@gatehouse/contract/problem';
import type { Answer, Pass } from '@gatehouse/core/gateway/answer';
import type { GatewayProduct } from '@gatehouse/core/gateway/find-gateway-product';
import type { Logger } from 'pino';
import { describeCauses } from '../http/log-error.ts';
import type { Metrics } from '../http/metrics.ts';
import { SparingLog } from '../http/sparing-log.ts';
import { retryAfterOf, toGatehouseError } from '../http/problem.ts';
import { requestIdOf } from '../http/request-place.ts';

export type AnsweringDeps = { logger: Logger; metrics: Metrics };

/** The answer to a gateway; `nothing`: the request has no key or login of a kind that the product accepts. */
export type Told = Answer | { kind: 'nothing' };
type About = { api_product_id?: string; credential_id?: string; challenges?: string[] };
type Reply = { status: number; headers: Record<string, string | string[]>; body: string };

const ROUTE = '/gateway/verify/{api_product_id}';
/** Of so many passes one is logged, at level `debug` all; of refusals a few a minute for each error code. */
const SAMPLE = 1000;

/** A request at hand; `begun`: milliseconds, as `performance.now` counts. */
export type Asked = { req: IncomingMessage; res: ServerResponse; begun: number };

/** How a gateway is answered: headers for the API behind it, or a problem document (RFC 9457) for the caller. */
export function createAnswering({ logger, metrics }: AnsweringDeps) {
  let passes = 0;

  /** Returns the milliseconds that it took. */
  function send({ res, begun }: Asked, { status, headers, body }: Reply): number {
    res.writeHead(status, headers).end(body);
    const milliseconds = performance.now() - begun;
    metrics.observe({ method: 'any', route: ROUTE, status }, milliseconds / 1000);
    return milliseconds;
  }

  function pass(asked: Asked, { pass: passing }: Extract<Told, { kind: 'pass' }>): void {
    const milliseconds = send(asked, passage(passing));
    passes += 1;
    const level = passes % SAMPLE === 1 ? 'info' : 'debug';
    if (!logger.isLevelEnabled(level)) return;
    const { apiProductId, credentialId } = passing;
    const line = lineOf(requestIdOf(asked.req), 200, milliseconds);
    logger[level]({ ...line, api_product_id: apiProductId, credential_id: credentialId, passes }, 'passed');
  }

  function refuse(asked: Asked, error: GatehouseError, { challenges = [], ...about }: About = {}): void {
    const requestId = requestIdOf(asked.req);
    const reply = refusal(error, requestId, challenges);
    const line = lineOf(requestId, reply.status, send(asked, reply));
    const causes = error.code === 'internal' ? { causes: describeCauses(error.cause) } : {};
    const level = ERRORS[error.code].status >= 500 ? 'error' : 'info';
    const full = { ...line, error_code: error.code, ...about, ...causes };
    SparingLog.on(logger).write({ kind: `gateway ${error.code}`, level }, full, 'refused');
  }

  return {
    tell(asked: Asked, product: GatewayProduct, told: Told): void {
      const about = { api_product_id: product.id };
      switch (told.kind) {
        case 'pass':
          return pass(asked, told);
        case 'refused':
          return refuse(asked, told.error, { ...about, credential_id: told.credentialId });
        case 'malformed':
        case 'unknown':
          return refuse(asked, UNKNOWN, { ...about, challenges: challengesOf(product, ', error="invalid_token"') });
        case 'nothing':
          return refuse(asked, NOTHING, { ...about, challenges: challengesOf(product, '') });
      }
    },
    fail: (asked: Asked, thrown: unknown): void => refuse(asked, toGatehouseError(thrown)),
  };
}

const lineOf = (requestId: string, status: number, milliseconds: number): object => ({
  request_id: requestId,
  route: ROUTE,
  status,
  duration_ms: Math.round(milliseconds * 100) / 100,
});

const UNKNOWN = new GatehouseError('unauthenticated', 'The key or login is not valid: unknown, revoked or expired.');
const NOTHING = new GatehouseError('unauthenticated', 'Send a key or login of a kind that this API product accepts.');

/** RFC 6750 section 3 for keys, RFC 7617 section 2 for logins. A product that takes neither still has to say something. */
const challengesOf = ({ auth }: GatewayProduct, error: string): string[] => [
  ...(auth['key-auth'] || !auth['basic-auth'] ? [`Bearer realm="gatehouse"${error}`] : []),
  ...(auth['basic-auth'] ? ['Basic realm="gatehouse", charset="UTF-8"'] : []),
];

const passage = ({ developerId, applicationId, credentialId, apiProductId }: Pass): Reply => ({
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

function refusal(error: GatehouseError, requestId: string, challenges: string[]): Reply {
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
