import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc, { type Arbitrary } from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { apiTest, type ApiTest } from '../testing/api-test.ts';
import { fitting, wild, type Schema } from '../testing/arbitrary.ts';
import { appRouter } from '../trpc/app-router.ts';
import { callsOf, type Call } from './calls.ts';
import { openApiDocument } from './openapi.ts';
import { routes } from './routes.ts';

/** The number of requests per operation and kind of input. */
const RUNS = process.env['TEST_LONG'] === 'required' ? 50 : 12;

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);
ajv.addSchema(openApiDocument(appRouter, routes), 'api');

const Made = z.object({ id: z.string(), developer_id: z.string().optional() });
let gatehouse: ApiTest;
let portalId: string;
let developerId: string;
beforeAll(async () => {
  gatehouse = await apiTest({ env: { RATE_LIMITS: 'off' } });
  const make = async (path: string, json: unknown) => Made.parse(await (await gatehouse.api(path, { json })).json());
  portalId = (await make('/api/portals', { name: 'P', slug: 'p' })).id;
  const developer = await make(`/api/portals/${portalId}/developers/invites`, {
    username: 'ann',
    password: 'correct horse battery staple',
  });
  developerId = developer.developer_id ?? '';
});
afterAll(() => gatehouse[Symbol.asyncDispose]());

type Sent = { path: string; query: string; body: unknown };

function requests(
  { route, useCase, onPortalSide, params, query, body }: Call,
  make: (schema: Schema) => Arbitrary<unknown>,
): Arbitrary<Sent> {
  const { properties = {}, required = [] } = z.toJSONSchema(useCase.input, { io: 'input', unrepresentable: 'any' });
  const some = (fields: object): Arbitrary<Record<string, unknown>> =>
    fc.record(Object.fromEntries(Object.keys(fields).map((name) => [name, make(asSchema(properties[name]))])), {
      requiredKeys: required.filter((name) => name in fields),
    });
  return fc
    .tuple(fc.array(make({ type: 'string' }), { minLength: 2, maxLength: 2 }), fc.boolean(), some(query), some(body))
    .map(([ids, isKnown, asked, given]) => {
      const known: Record<string, unknown> = { portal_id: portalId, developer_id: developerId };
      const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
        segment(isKnown ? (known[name] ?? 'x') : ids[params.indexOf(name)]),
      );
      const portal = onPortalSide && isKnown ? { portal_id: portalId } : {};
      return { path, query: queryOf({ ...asked, ...portal }), body: given };
    });
}

const asSchema = (schema: Schema | boolean | undefined): Schema => (typeof schema === 'object' ? schema : {});
const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed();
const segment = (value: unknown): string => encodeURIComponent(textOf(value)).replace(/^(?:\.{0,2})$/, 'x');

function queryOf(given: Record<string, unknown>): string {
  const pairs = Object.entries(given).flatMap(([name, value]) =>
    Array.isArray(value)
      ? value.map((inner: unknown) => [name, textOf(inner)])
      : typeof value === 'object' && value !== null
        ? Object.entries(value).map(([key, inner]) => [`${name}[${key}]`, textOf(inner)])
        : [[name, textOf(value)]],
  );
  return new URLSearchParams(pairs).toString();
}

const GOOD = 'as documented';

async function judge({ route }: Call, { path, query, body }: Sent): Promise<string> {
  const { method } = route;
  const response = await gatehouse.api(`/api${path}${query === '' ? '' : `?${query}`}`, {
    method,
    json: ['POST', 'PUT', 'PATCH'].includes(method) ? body : undefined,
  });
  const text = await response.text();
  const answer = `${String(response.status)} ${text}`;
  if (response.status >= 500) return answer;
  if (response.status === 204) return text === '' ? GOOD : answer;
  const success = `paths/${escape(route.path)}/${method.toLowerCase()}/responses/${String(response.status)}/content/application~1json/schema`;
  const validate = ajv.getSchema(`api#/${response.ok ? success : 'components/schemas/Problem'}`);
  return validate?.(JSON.parse(text)) === true ? GOOD : `${answer} ${ajv.errorsText(validate?.errors)}`;
}

const escape = (path: string): string => path.replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D');

for (const call of callsOf(appRouter, routes)) {
  const name = `${call.route.method} ${call.route.path}`;
  test.each([
    { what: 'fits', make: fitting },
    { what: 'does not fit', make: wild },
  ])(`${name} answers as documented to input that $what`, async ({ make }) => {
    const property = fc.asyncProperty(requests(call, make), async (sent) => {
      expect(await judge(call, sent)).toBe(GOOD);
    });
    await fc.assert(property, { numRuns: RUNS });
  });
}
