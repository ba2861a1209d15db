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
import { BatchAnswer } from './batch-answer.ts';

type Options = { logger: Logger; createContext: (req: Request) => ApiContext };

/** The maximum number of calls in one HTTP request. */
const MAX_BATCH = 20;

export function createTrpc(options: Options): RequestHandler {
  const trpc = middlewareOf(options);
  // A stream would send its headers, including cookies, before any call runs.
  return (req, res, next) =>
    req.headers['trpc-accept'] === undefined
      ? trpc(req, res, next)
      : next(new GatehouseError('malformed_request', 'Streaming is not supported. Use httpBatchLink or httpLink.'));
}

/** The context that authenticated the caller before the body was read. */
const contexts = new WeakMap<Request, ApiContext>();

const middlewareOf = ({ logger, createContext }: Options): RequestHandler =>
  createExpressMiddleware({
    router: appRouter,
    createContext({ req, info }) {
      const context = contexts.get(req) ?? createContext(req);
      return info.calls.length > 1 ? { ...context, batch: new BatchAnswer() } : context;
    },
    maxBatchSize: MAX_BATCH,
    middleware(req, res, next) {
      void tell(prepare(req, res, createContext), next);
    },
    onError: ({ error }) => logUnforeseen(logger, toGatehouseError(error)),
    responseMeta({ errors, info }) {
      const request = currentRequest();
      request.route = `/trpc/${info ? nameOf(info) : '?'}`;
      // In a batch, successful calls leave holes in this array.
      const first = errors.find((error) => error instanceof TRPCError);
      if (!first) return {};
      // tRPC omits the content type if it cannot determine the procedures.
      const type = info ? {} : { 'Content-Type': 'application/json' };
      return { headers: { ...problemHeaders(toGatehouseError(first), request), ...type } };
    },
  });

/** A metrics label with few values: callers can invent procedure names, and batches have none. */
function nameOf({ calls, isBatchCall }: TRPCRequestInfo): string {
  const [call] = calls;
  if (isBatchCall && calls.length > 1) return 'batch';
  return call?.procedure ? call.path : '?';
}

/** Calls `next` when the work is done, with its error if it failed. */
async function tell(work: Promise<void>, next: (error?: unknown) => void): Promise<void> {
  const failed = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  next(failed);
}

/**
 * Reads the body in place of tRPC. tRPC accepts multipart and octet-stream, which a form on another site can send
 * without a preflight request (CSRF), accepts invalid UTF-8, and does not support compression. The size limit depends
 * on the caller.
 */
async function prepare(req: Request, res: Response, createContext: Options['createContext']): Promise<void> {
  if (req.method !== 'POST') return;
  requireJson(req);
  const context = createContext(req);
  contexts.set(req, context);
  // The call itself rejects an invalid token.
  await context.authenticate().catch(() => undefined);
  req.body = await readText(req, res);
}
