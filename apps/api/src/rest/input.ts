import { GatehouseError, type InputIssue } from '@gatehouse/contract/errors';
import { inputError, parseInput, shortened } from '@gatehouse/core/kernel/use-case';
import type { Request, Response } from 'express';
import { toGatehouseError } from '../http/problem.ts';
import { readBody } from './body.ts';
import type { Call } from './calls.ts';
import { readQuery } from './query-string.ts';

type Parts = {
  input: Record<string, unknown>;
  /** Unknown fields and parameters, which are reported together with the other errors. */
  refused: InputIssue[];
};

/**
 * Builds the input of a call from path, query string and body. Only the path can set path parameters. `params`: their
 * values in order.
 */
export async function readInput(
  { call, params }: { call: Call; params: readonly string[] },
  req: Request,
  res: Response,
): Promise<Record<string, unknown>> {
  const { input, refused } = call.route.method === 'GET' ? fromQuery(call, req) : await fromBody(call, req, res);
  for (const [index, name] of call.params.entries()) input[name] = params[index];
  if (refused.length > 0) throw inputError([...refused, ...brokenRules(call, input)]);
  return input;
}

function fromQuery(call: Call, req: Request): Parts {
  const { input, unknown } = readQuery(queryOf(req), call.query);
  return { input, refused: unknown.map(unknownParameter) };
}

async function fromBody({ params, query }: Call, req: Request, res: Response): Promise<Parts> {
  const body = await readBody(req, res, {});
  const { input, unknown } = readQuery(queryOf(req), query);
  const refused = unknown.map(unknownParameter);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw inputError([...refused, { path: '', message: 'Must be a JSON object', code: 'invalid_type' }]);
  }
  const taken = [...params, ...Object.keys(query)].filter((name) => Object.hasOwn(body, name));
  return { input: { ...body, ...input }, refused: [...refused, ...taken.map(unknownField)] };
}

const queryOf = ({ originalUrl }: Request): string => {
  const mark = originalUrl.indexOf('?');
  return mark < 0 ? '' : originalUrl.slice(mark + 1);
};

/** Zod's code for unknown fields. */
const UNKNOWN = 'unrecognized_keys';

/** Characters. Unknown names come from the caller, so they are shortened in errors. */
const LONGEST_NAME = 200;

const unknownParameter = (name: string): InputIssue => ({
  path: `?${shortened(name, LONGEST_NAME)}`,
  message: 'Unknown parameter',
  code: UNKNOWN,
});
const unknownField = (name: string): InputIssue => ({
  path: `/${shortened(name, LONGEST_NAME)}`,
  message: 'Unknown field',
  code: UNKNOWN,
});

function brokenRules(call: Call, input: Record<string, unknown>): InputIssue[] {
  try {
    parseInput(call.useCase.input, input);
    return [];
  } catch (error) {
    return locateIssues(call, toGatehouseError(error).issues);
  }
}

/**
 * Translates paths in the input to paths in the request. A malformed id in a path causes a 404, like an unknown one.
 */
export function locateError(call: Call, thrown: unknown): GatehouseError {
  const error = toGatehouseError(thrown);
  if (error.issues.length === 0) return error;
  const issues = locateIssues(call, error.issues);
  if (issues.length === 0)
    return new GatehouseError('not_found', error.code === 'not_found' ? error.message : 'No such record.');
  return error.code === 'invalid_input'
    ? inputError(issues)
    : new GatehouseError(error.code, error.message, { issues });
}

/** Turns pointers to query parameters into `?name`, and drops errors of path parameters. */
function locateIssues({ route, params, query }: Call, issues: InputIssue[]): InputIssue[] {
  const placed = issues.filter(({ path, code }) => code === UNKNOWN || !params.some((name) => path === `/${name}`));
  const inQuery = ({ path, code }: InputIssue): boolean =>
    route.method === 'GET' || (code !== UNKNOWN && Object.keys(query).some((name) => path === `/${name}`));
  return placed.map((issue) => (inQuery(issue) ? { ...issue, path: parameterOf(issue.path) } : issue));
}

const parameterOf = (pointer: string): string => {
  if (!pointer.startsWith('/')) return pointer;
  const [name = '', ...keys] = pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return `?${name}${keys.map((key) => `[${key}]`).join('')}`;
};
