import { GatehouseError } from '@gatehouse/contract/errors';
import { TRPCError } from '@trpc/server';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import type { TRPCRequestInfo } from '@trpc/server/http';
import type { Request, RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { ApiContext } from '../context.ts';
import { logUnforeseen } from '../http/log-error.ts';
import { problemHeaders, toGatehouseError } from '../http/problem.ts';
import { currentPlace } from '../http/request-place.ts';
import { BODY_LIMIT, requireJson } from '../rest/body.ts';
import { appRouter } from './app-router.ts';

type Options = { logger: Logger; createContext: (req: Request) => ApiContext };

/** Calls in one HTTP request. */
const MAX_BATCH = 20;

export function createTrpc(options: Options): RequestHandler {
  const trpc = middlewareOf(options);
  // A stream has told its headers, cookies among them, before any call is made.
  return (req, res, next) =>
    req.headers['trpc-accept'] === undefined
      ? trpc(req, res, next)
      : next(new GatehouseError('malformed_request', 'Answers are not streamed: use httpBatchLink or httpLink.'));
}

const middlewareOf = ({ logger, createContext }: Options): RequestHandler =>
  createExpressMiddleware({
    router: appRouter,
    createContext: ({ req }) => createContext(req),
    maxBatchSize: MAX_BATCH,
    maxBodySize: BODY_LIMIT,
    middleware(req, _res, next) {
      next(formOf(req));
    },
    onError: ({ error }) => logUnforeseen(logger, toGatehouseError(error)),
    responseMeta({ errors, info }) {
      const place = currentPlace();
      place.route = `/trpc/${info ? nameOf(info) : '?'}`;
      // The calls of a batch that went well leave holes.
      const first = errors.find((error) => error instanceof TRPCError);
      if (!first) return {};
      // tRPC forgets the type where it cannot tell which procedures are meant.
      const type = info ? {} : { 'Content-Type': 'application/json' };
      return { headers: { ...problemHeaders(toGatehouseError(first), place), ...type } };
    },
  });

/** A label of few values: a batch has none of its own, and a caller may invent procedures. */
function nameOf({ calls, isBatchCall }: TRPCRequestInfo): string {
  const [call] = calls;
  if (isBatchCall && calls.length > 1) return 'batch';
  return call?.procedure ? call.path : '?';
}

/** tRPC reads multipart and octet-stream, which a form on a foreign page can send without asking (CSRF). We do not. */
function formOf(req: Pick<Request, 'method' | 'headers'>): unknown {
  if (req.method !== 'POST') return null;
  try {
    requireJson(req);
    return null;
  } catch (error) {
    return error;
  }
}
