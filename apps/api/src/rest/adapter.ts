import { GatehouseError } from '@gatehouse/contract/errors';
import { callTRPCProcedure, type AnyTRPCRouter } from '@trpc/server';
import { Router, type Request, type RequestHandler, type Response } from 'express';
import type { ApiContext } from '../context.ts';
import { currentRequest } from '../http/current-request.ts';
import { callsOf, type Call } from './calls.ts';
import { locateError, readInput } from './input.ts';
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
export function createRest(options: Options): Router {
  const rest = Router({ caseSensitive: true, strict: true });
  const calls = callsOf(options.router, options.routes);
  for (const [path, sharing] of Map.groupBy(calls, ({ route }) => route.path)) {
    const at = rest.route(path.replaceAll(/\{(\w+)\}/g, ':$1'));
    for (const call of sharing) at[verbOf(call)](handle(call, options));
    const allow = allowed(sharing);
    at.options((_req, res) => {
      res.setHeader('Allow', allow);
      res.status(204).end();
    });
    at.all((req, res) => {
      res.setHeader('Allow', allow);
      throw new GatehouseError('method_not_allowed', `This route accepts ${allow} only, not ${req.method}.`);
    });
  }
  return rest;
}

type Verb = 'get' | 'post' | 'put' | 'patch' | 'delete';

const VERBS: Record<Route['method'], Verb> = {
  GET: 'get',
  POST: 'post',
  PUT: 'put',
  PATCH: 'patch',
  DELETE: 'delete',
};
const verbOf = ({ route }: Call): Verb => VERBS[route.method];

const allowed = (calls: Call[]): string =>
  [...calls.flatMap(({ route }) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method])), 'OPTIONS'].join(', ');

function handle(call: Call, { router, createContext, prefix }: Options): RequestHandler {
  const { route, useCase } = call;
  const type = useCase.kind === 'query' ? 'query' : 'mutation';
  return async (req, res) => {
    currentRequest().route = BASE_PATH + route.path;
    const output: unknown = await callTRPCProcedure({
      router,
      path: route.procedure,
      type,
      ctx: createContext(req),
      getRawInput: () => readInput(call, req, res),
      signal: undefined,
      batchIndex: 0,
    }).catch((error: unknown) => {
      throw locateError(call, error);
    });
    if (route.location !== null) res.setHeader('Location', prefix + BASE_PATH + fillPath(route.location, output));
    answer(res, route, output);
  };
}

function answer(res: Response, { status }: Route, output: unknown): void {
  if (status === 204) {
    res.status(status).end();
    return;
  }
  const body = Buffer.from(JSON.stringify(output));
  res.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': body.length });
  res.end(body);
}
