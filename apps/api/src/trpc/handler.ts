import { GatehouseError } from '@gatehouse/contract/errors';
import { TRPCError } from '@trpc/server';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import type { TRPCRequestInfo } from '@trpc/server/http';
import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import type { ApiContext } from '../context.ts';
import { logUnforeseen } from '../http/log-error.ts';
import { problemHeaders, toGatehouseError } from '../http/problem.ts';
import { readText } from '../http/read-text.ts';
import { currentRequest } from '../http/current-request.ts';
import { requireJson } from '../rest/body.ts';
import { appRouter } from './app-router.ts';

type Options = { logger: Logger; createContext: (req: Request) => ApiContext };

/** Calls in one HTTP request. */
const MAX_BATCH = 20;

export function createTrpc(options: Options): RequestHandler {
  const trpc = middlewareOf(options);
  // A stream sends its headers, including cookies, before any call is made.
  return (req, res, next) =>
    req.headers['trpc-accept'] === undefined
      ? trpc(req, res, next)
      : next(new GatehouseError('malformed_request', 'Streaming is not supported. Use httpBatchLink or httpLink.'));
}

/** The context that was made to find out who calls, before the body was read. */
const contexts = new WeakMap<Request, ApiContext>();

const middlewareOf = ({ logger, createContext }: Options): RequestHandler =>
  createExpressMiddleware({
    router: appRouter,
    createContext: ({ req }) => contexts.get(req) ?? createContext(req),
    maxBatchSize: MAX_BATCH,
    middleware(req, res, next) {
      void tell(prepare(req, res, createContext), next);
    },
    onError: ({ error }) => logUnforeseen(logger, toGatehouseError(error)),
    responseMeta({ errors, info }) {
      const request = currentRequest();
      request.route = `/trpc/${info ? nameOf(info) : '?'}`;
      // The calls of a batch that went well leave holes.
      const first = errors.find((error) => error instanceof TRPCError);
      if (!first) return {};
      // tRPC forgets the type where it cannot tell which procedures are meant.
      const type = info ? {} : { 'Content-Type': 'application/json' };
      return { headers: { ...problemHeaders(toGatehouseError(first), request), ...type } };
    },
  });

/** A label of few values: a batch has none of its own, and a caller may invent procedures. */
function nameOf({ calls, isBatchCall }: TRPCRequestInfo): string {
  const [call] = calls;
  if (isBatchCall && calls.length > 1) return 'batch';
  return call?.procedure ? call.path : '?';
}

/** Goes on when the work is done, or with what it threw. */
async function tell(work: Promise<void>, next: (error?: unknown) => void): Promise<void> {
  const failed = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  next(failed);
}

/**
 * tRPC reads multipart and octet-stream, which a form on a foreign page can send without asking (CSRF), decodes any bytes
 * and knows no compression. So the body is read here, as much of it as this caller may send.
 */
async function prepare(req: Request, res: Response, createContext: Options['createContext']): Promise<void> {
  if (req.method !== 'POST') return;
  requireJson(req);
  const context = createContext(req);
  contexts.set(req, context);
  // A wrong token is refused by the call itself.
  await context.authenticate().catch(() => undefined);
  req.body = await readText(req, res);
}
