import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fakeApi } from '../testing/fake-api.ts';
import { jsonOf, serve, type TestServer } from '../testing/serve.ts';

let server: TestServer;
beforeAll(async () => {
  server = await serve(await fakeApi());
});
afterAll(() => server[Symbol.asyncDispose]());

const nasty = fc.constantFrom('__proto__', 'constructor', 'shelf_id', '%00', '%', '💥', '', '..', '1e999', 'null');
const text = fc.oneof(
  nasty,
  fc.string({ unit: 'binary', maxLength: 30 }).filter((value) => value.isWellFormed()),
);
const segment = text.map(encodeURIComponent).filter((value) => !['', '.', '..'].includes(value));
const query = fc
  .array(fc.tuple(fc.oneof(fc.constantFrom('page', 'big', 'tags', 'labels[a]', 'labels'), text), text))
  .map((pairs) => new URLSearchParams(pairs).toString());
const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE', 'PATCH', 'PUT', 'OPTIONS'),
  path: fc
    .tuple(segment, fc.constantFrom('things', 'things/t', 'things/t/poke', 'open'))
    .map(([shelf, rest]) => `/api/shelves/${shelf}/${rest}`),
  query,
  type: fc.constantFrom('application/json', 'text/plain', 'application/json; charset=utf-8', 'nonsense'),
  body: fc.oneof(fc.json(), text),
});

test('responds to any request with success or a client error', async () => {
  await fc.assert(
    fc.asyncProperty(request, async (sent) => {
      const body = ['GET', 'OPTIONS'].includes(sent.method) ? {} : { body: sent.body };
      const response = await server.fetch(`${sent.path}?${sent.query}`, {
        method: sent.method,
        headers: { 'x-api-key': 'writer', 'content-type': sent.type },
        ...body,
      });
      expect(response.status).toBeLessThan(500);
      if (response.status < 400) return;
      const problem = await jsonOf(response);
      expect(problem).toMatchObject({
        status: response.status,
        type: `urn:gatehouse:error:${String(problem['code'])}`,
      });
    }),
    { numRuns: 300 },
  );
});
