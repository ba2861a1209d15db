import { expect, test } from 'vitest';
import type { fakeRouter } from '../testing/fake-api.ts';
import { fillPath, paramsOf, restTable } from './table.ts';

const { get, post } = restTable<typeof fakeRouter>();

// The compiler checks these lines: a directive without an error below it does not compile.
export const refused = () => [
  // @ts-expect-error -- the procedure does not exist
  get('/x', 'things.nothing'),
  // @ts-expect-error -- a router is not a procedure
  get('/x', 'things'),
  // @ts-expect-error -- a mutation cannot be a GET
  get('/{shelf_id}', 'things.make'),
  // @ts-expect-error -- a query cannot be a POST
  post('/{shelf_id}', 'things.list'),
  // @ts-expect-error -- a parameter that is not an input field
  get('/{shelf}', 'things.list'),
  // @ts-expect-error -- a location that is not an output field
  post('/{shelf_id}', 'things.make', { location: '/things/{thing_id}' }),
];

test('a row contains its route', () => {
  expect(post('/shelves/{shelf_id}', 'things.make', { status: 201, location: '/things/{id}' })).toEqual({
    method: 'POST',
    path: '/shelves/{shelf_id}',
    procedure: 'things.make',
    status: 201,
    location: '/things/{id}',
  });
});

test('paths are parsed and filled', () => {
  expect(paramsOf('/a/{b}/c/{d_e}')).toEqual(['b', 'd_e']);
  expect(fillPath('/a/{b}', { b: 'x/ü' })).toBe('/a/x%2F%C3%BC');
  expect(() => fillPath('/a/{b}', {})).toThrow('no field b');
});
