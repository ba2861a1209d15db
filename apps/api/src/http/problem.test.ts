import { ERRORS, GatehouseError } from '@gatehouse/contract/errors';
import { TRPCError } from '@trpc/server';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { problemAt, problemHeaders, toGatehouseError } from './problem.ts';
import type { CurrentRequest } from './current-request.ts';

const request = (): CurrentRequest => ({
  requestId: 'r-1',
  method: 'GET',
  path: '/api/x',
  instance: '/api/x',
  route: null,
  actor: { kind: 'anonymous' },
  invalidToken: false,
  errorCode: null,
  ownId: 'r-1',
  isPaced: false,
});
const zodError = z.strictObject({ a: z.int() }).safeParse({ a: 'x', b: 1 }).error;
const http = (status: number, base: Error = new Error('at /etc/passwd')): Error => Object.assign(base, { status });

describe('toGatehouseError', () => {
  test.each([
    ['a GatehouseError', new GatehouseError('email_taken', 'x'), 'email_taken'],
    [
      'a GatehouseError within a TRPCError',
      new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: new GatehouseError('email_taken', 'x') }),
      'email_taken',
    ],
    ['a zod error of the input', new TRPCError({ code: 'BAD_REQUEST', cause: zodError }), 'invalid_input'],
    ['a zod error of the output', new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: zodError }), 'internal'],
    ['a bare zod error', zodError, 'internal'],
    ['an unknown procedure', new TRPCError({ code: 'NOT_FOUND' }), 'not_found'],
    ['a POST to a query', new TRPCError({ code: 'METHOD_NOT_SUPPORTED' }), 'method_not_allowed'],
    ['a body-parser error', http(413), 'body_too_large'],
    [
      'a body-parser error within a TRPCError',
      new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: http(415) }),
      'unsupported_media_type',
    ],
    ['an error with a status of 500', http(500), 'internal'],
    ['a bug', new TypeError('x is undefined'), 'internal'],
    ['a string', 'boom', 'internal'],
    ['undefined', undefined, 'internal'],
  ])('%s', (_what, thrown, code) => {
    expect(toGatehouseError(thrown).code).toBe(code);
  });

  test('lists every field that zod rejected', () => {
    const { issues } = toGatehouseError(new TRPCError({ code: 'BAD_REQUEST', cause: zodError }));
    expect(issues.map(({ path }) => path)).toEqual(['/a', '/b']);
  });

  test.each([
    http(400),
    http(400, new SyntaxError('Unexpected token "hunter2"')),
    new TRPCError({ code: 'BAD_REQUEST', cause: new SyntaxError('hunter2') }),
  ])('does not expose the message of a parser', (thrown) => {
    const { code, message } = toGatehouseError(thrown);
    expect(code).toBe('malformed_request');
    expect(message).not.toMatch(/hunter2|passwd/);
  });
});

describe('the problem document', () => {
  test('has all members, and keeps its code for the log', () => {
    const at = request();
    const problem = problemAt(new GatehouseError('not_found', 'No such portal.'), at);
    expect(problem).toEqual({
      type: 'urn:gatehouse:error:not_found',
      title: ERRORS.not_found.title,
      status: 404,
      detail: 'No such portal.',
      message: 'No such portal.',
      error_msg: 'No such portal.',
      instance: '/api/x',
      code: 'not_found',
      request_id: 'r-1',
    });
    expect(at.errorCode).toBe('not_found');
  });

  test('is sent with a challenge or a Retry-After', () => {
    const missing = new GatehouseError('unauthenticated', '');
    expect(problemHeaders(missing, request())).toEqual({ 'WWW-Authenticate': 'Bearer' });
    expect(problemHeaders(missing, { ...request(), invalidToken: true })).toEqual({
      'WWW-Authenticate': 'Bearer error="invalid_token"',
    });
    expect(problemHeaders(new GatehouseError('rate_limited', '', { retryAfterSeconds: 1.2 }), request())).toEqual({
      'Retry-After': '2',
    });
    expect(problemHeaders(new GatehouseError('overloaded', ''), request())).toEqual({ 'Retry-After': '1' });
    expect(problemHeaders(new GatehouseError('not_found', ''), request())).toEqual({});
  });
});
