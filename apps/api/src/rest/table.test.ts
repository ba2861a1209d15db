import { expect, test } from 'vitest';
import type { fakeRouter } from '../testing/fake-api.ts';
import { fillPath, paramsOf, restTable } from './table.ts';

const { get, post } = restTable<typeof fakeRouter>();

// Each of these lines is checked by the compiler: without its error the marker above it does not compile.
export const refused = () => [
  // @ts-expect-error -- no such procedure
  get('/x', 'things.nothing'),
  // @ts-expect-error -- a router is no procedure
  get('/x', 'things'),
  // @ts-expect-error -- a mutation is no GET
  get('/{shelf_id}', 'things.make'),
  // @ts-expect-error -- a query is no POST
  post('/{shelf_id}', 'things.list'),
  // @ts-expect-error -- a parameter that is no field of the input
  get('/{shelf}', 'things.list'),
  // @ts-expect-error -- a location from what is no field of the answer
  post('/{shelf_id}', 'things.make', { location: '/things/{thing_id}' }),
];

test('a row says what was asked for', () => {
  expect(post('/shelves/{shelf_id}', 'things.make', { status: 201, location: '/things/{id}' })).toEqual({
    method: 'POST',
    path: '/shelves/{shelf_id}',
    procedure: 'things.make',
    status: 201,
    location: '/things/{id}',
  });
});

test('paths are taken apart and filled', () => {
  expect(paramsOf('/a/{b}/c/{d_e}')).toEqual(['b', 'd_e']);
  expect(fillPath('/a/{b}', { b: 'x/ü' })).toBe('/a/x%2F%C3%BC');
  expect(() => fillPath('/a/{b}', {})).toThrow('no field b');
});
