import { GatehouseError } from '@gatehouse/contract/errors';
import type { AnyTRPCRouter } from '@trpc/server';
import type { Request, RequestHandler, Response } from 'express';
import type { ApiContext } from '../context.ts';
import { currentRequest } from '../http/current-request.ts';
import { callsOf, type Call } from './calls.ts';
import { locateError, readInput } from './input.ts';
import { createMatcher, type Match } from './matcher.ts';
import { fillPath, type Route } from './table.ts';

type Options = {
  router: AnyTRPCRouter;
  routes: readonly Route[];
  createContext: (req: Request) => ApiContext;
  /** The prefix that a proxy strips from the paths that callers see. */
  prefix: string;
};

/** The mount path of the REST table. */
export const BASE_PATH = '/api';

/** REST over the procedures of a tRPC router: it only translates. `answerProblems` handles errors and unknown paths. */
export function createRest({ router, routes, createContext, prefix }: Options): RequestHandler {
  const sharing = Map.groupBy(callsOf(router, routes), ({ route }) => route.path);
  const match = createMatcher([...sharing].map(([path, calls]) => [path, placeOf(calls)] as const));

  async function make({ call, params }: { call: Call; params: string[] }, req: Request, res: Response): Promise<void> {
    const { route } = call;
    currentRequest().route = BASE_PATH + route.path;
    const output = await call
      .invoke(createContext(req), () => readInput({ call, params }, req, res))
      .catch((error) => {
        throw locateError(call, error);
      });
    if (route.location !== null) res.setHeader('Location', prefix + BASE_PATH + fillPath(route.location, output));
    answer(res, route, output);
  }

  async function handle({ found, params }: Match<Place>, req: Request, res: Response): Promise<void> {
    const call = found.calls.get(req.method);
    if (call) return make({ call, params }, req, res);
    res.setHeader('Allow', found.allow);
    if (req.method !== 'OPTIONS')
      throw new GatehouseError('method_not_allowed', `This route accepts ${found.allow} only, not ${req.method}.`);
    res.status(204).end();
  }

  return async (req, res, next) => {
    try {
      const matched = match(req.path);
      if (!matched) return next();
      await handle(matched, req, res);
    } catch (error) {
      next(error);
    }
  };
}

/** The calls of one path by method, and the methods that it accepts. */
type Place = { calls: ReadonlyMap<string, Call>; allow: string };

function placeOf(calls: Call[]): Place {
  const methods = calls.flatMap((call) =>
    (call.route.method === 'GET' ? ['GET', 'HEAD'] : [call.route.method]).map((method) => [method, call] as const),
  );
  return { calls: new Map(methods), allow: [...methods.map(([method]) => method), 'OPTIONS'].join(', ') };
}

/** As text, the body is written together with the headers, by one system call. */
function answer(res: Response, { status }: Route, output: unknown): void {
  if (status === 204) {
    res.status(status).end();
    return;
  }
  const body = JSON.stringify(output);
  res.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  });
  res.end(body);
}
