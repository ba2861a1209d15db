import type { Problem as WireProblem } from '@gatehouse/contract/problem';
import { TRPCClientError } from '@trpc/client';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { problemOf, type Problem } from './errors.ts';

const problem = {
  type: 'urn:gatehouse:error:invalid_input',
  title: 'The input is not valid',
  status: 422,
  detail: 'The input is not valid: /page_size.',
  message: 'The input is not valid: /page_size.',
  error_msg: 'The input is not valid: /page_size.',
  instance: '/trpc/developers.list',
  code: 'invalid_input',
  errors: [{ path: '/page_size', message: 'Too big', code: 'too_big' }],
  request_id: 'r-1',
};

describe('problemOf', () => {
  it("reads the problem document from tRPC's error", () => {
    const error = { code: -32_600, message: problem.detail, data: { code: 'UNPROCESSABLE_CONTENT', problem } };
    expect(problemOf(TRPCClientError.from({ error }))).toEqual(problem);
  });

  it('accepts a problem without field errors, and with fields of a later release', () => {
    const { errors: _none, ...plain } = problem;
    const later = { ...plain, hint: 'new' };
    expect(problemOf({ data: { problem: later } })).toEqual(later);
  });

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a string', 'data'],
    ['a network error', new TypeError('fetch failed')],
    ["tRPC's error for a network error", TRPCClientError.from(new TypeError('fetch failed'))],
    ['an error of another service', { data: { code: 'NOT_FOUND', httpStatus: 404 } }],
    ['data that is null', { data: null }],
    ['a problem that is a string', { data: { problem: 'broken' } }],
    ['a problem without request_id', { data: { problem: { ...problem, request_id: undefined } } }],
    ['a status that is a string', { data: { problem: { ...problem, status: '422' } } }],
    ['errors that are not a list', { data: { problem: { ...problem, errors: {} } } }],
    ['a suspension without its contact', { data: { problem: { ...problem, suspension: { reason: 'x' } } } }],
    ['an issue without path', { data: { problem: { ...problem, errors: [{ message: 'x', code: 'y' }] } } }],
  ])('is null for %s', (_name, error) => {
    expect(problemOf(error)).toBeNull();
  });

  it('has the type of the wire', () => {
    expectTypeOf<Problem>().toEqualTypeOf<WireProblem>();
    expectTypeOf(problemOf).returns.toEqualTypeOf<Problem | null>();
  });
});
