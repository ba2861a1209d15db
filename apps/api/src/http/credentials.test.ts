import { expect, test } from 'vitest';
import { readToken, UNREADABLE_TOKEN } from './credentials.ts';

test.each([
  [{}, null],
  [{ authorization: '' }, null],
  [{ authorization: 'Bearer abc' }, 'abc'],
  [{ authorization: 'bearer  a-._~+/9== ' }, 'a-._~+/9=='],
  [{ 'x-api-key': 'abc' }, 'abc'],
  [{ authorization: 'Bearer abc', 'x-api-key': 'abc' }, 'abc'],
  [{ authorization: 'Bearer' }, UNREADABLE_TOKEN],
  [{ authorization: 'Bearer a b' }, UNREADABLE_TOKEN],
  [{ authorization: 'Basic YTpi' }, UNREADABLE_TOKEN],
])('%j', (headers, token) => {
  expect(readToken(headers)).toBe(token);
});

test('two different tokens are rejected', () => {
  expect(() => readToken({ authorization: 'Bearer a', 'x-api-key': 'b' })).toThrow(/different tokens/);
});
