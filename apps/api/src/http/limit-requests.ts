import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { GatehouseError } from '@gatehouse/contract/errors';
import { problemOf } from '@gatehouse/contract/problem';
import type { Logger } from 'pino';
import type { AllowOrigins } from './cors.ts';
import { hasBody } from './has-body.ts';
import { requestIdOf } from './current-request.ts';
import { LogThrottle } from './log-throttle.ts';
import type { Metrics } from './metrics.ts';

/** The most requests that this process works on at once. */
const MOST = 400;

/** Operators need these most while everything else is refused. */
const NEVER_REFUSED: ReadonlySet<string> = new Set(['/livez', '/readyz', '/metrics']);

/** The paths that pages of other origins may call. */
const CROSS_ORIGIN = /^\/(?:api|trpc)\//;

const OVERLOADED = new GatehouseError('overloaded', 'Too many requests are being processed. Retry shortly.');

type Options = { logger: Logger; metrics: Metrics; allow: AllowOrigins; most?: number };

/**
 * Answers requests beyond the limit with 503 before Express sees them: a refusal must cost far less than an answer. A
 * request counts from the arrival of its body, so that slow senders take no room, until its response is written.
 */
export function limitRequests(
  listener: RequestListener,
  { logger, metrics, allow, most = MOST }: Options,
): RequestListener {
  const throttle = LogThrottle.on(logger);
  let underWay = 0;
  const begin = (res: ServerResponse): void => {
    let isUnderWay = !res.writableEnded && !res.destroyed;
    if (isUnderWay) underWay += 1;
    const end = (): void => {
      if (isUnderWay) underWay -= 1;
      isUnderWay = false;
    };
    res.once('prefinish', end);
    res.once('close', end);
  };
  return (req, res) => {
    if (underWay >= most && !NEVER_REFUSED.has(req.url ?? '')) {
      // A browser sends the call only after its preflight has succeeded, and shows pages only responses that allow them.
      if (CROSS_ORIGIN.test(req.url ?? '') && allow(req, res)) return;
      refuse(req, res);
      metrics.observe({ method: 'any', route: 'none', status: 503 }, 0);
      throttle.write(
        { kind: 'too many requests', level: 'error' },
        { status: 503, error_code: 'overloaded' },
        'refused',
      );
      return;
    }
    if (hasBody(req)) req.once('end', () => begin(res));
    else begin(res);
    listener(req, res);
  };
}

function refuse(req: IncomingMessage, res: ServerResponse): void {
  const requestId = requestIdOf(req);
  const body = JSON.stringify(problemOf(OVERLOADED, { instance: '/', requestId }));
  res.writeHead(503, {
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'Retry-After': '1',
    'X-Request-Id': requestId,
  });
  res.end(body);
}
