import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  call,
  createApplication,
  createCredential,
  createLoginOption,
  createOperator,
  createSubscription,
  newPortal,
  PASSWORD,
  register,
  signedIn,
} from './api.ts';
import { everyCall, isPortalSide, pathOf, type Call } from './every-call.ts';
import { startSystem, type System } from './system.ts';
import { complete, isFine, mayBe, WRONG } from './wrong-values.ts';

let system: System;
let portal: string;
let session: string;
/** Ids of existing records, so that only the tested input is wrong. */
let real: Record<string, string>;

beforeAll(async () => {
  system = await startSystem({ workerRuns: false, env: { RATE_LIMITS: 'off' } });
  portal = await newPortal(system);
  const invited = await call(system, `POST /api/portals/${portal}/developers/invites`, {
    body: { username: 'ada', password: PASSWORD, email: 'ada@example.org' },
  });
  const approval = await register(system, portal, 'pending');
  const token = await call(system, 'POST /api/tokens', { body: { kind: 'portal', name: 'x', portal_id: portal } });
  const product = await call(system, `POST /api/portals/${portal}/api_products`, {
    body: { name: 'Weather', status: 'published' },
  });
  const [email] = await system.sql<{ id: string }>('select id from email limit 1');
  const application = await createApplication(system, portal, String(invited.body['developer_id']));
  const application_id = String(application['id']);
  const credential = await createCredential(system, { portal_id: portal, application_id });
  session = await signedIn(system, portal, 'personal');
  // Otherwise, the use of the session would be recorded once a minute and count as a change.
  const [own] = await system.sql<{ id: string }>(
    `update session set last_used_at = now() + interval '1 day' returning id`,
  );
  const subscription = await createSubscription(system, portal, {
    application_id,
    api_product_id: String(product.body['id']),
  });
  real = {
    login_option_id: await createLoginOption(system, portal),
    session_id: own?.id ?? '',
    portal_id: portal,
    application_id,
    credential_id: String(credential['id']),
    api_product_id: String(product.body['id']),
    subscription_id: String(subscription['id']),
    developer_id: String(invited.body['developer_id']),
    approval_id: String(approval['id']),
    token_id: String(token.body['id']),
    email_id: email?.id ?? '',
    operator_id: await createOperator(system, 'viewer'),
    deletion_id: '0190f3a0-0000-7000-8000-000000000000',
    resource_type: 'api_product',
  };
});
afterAll(() => system?.[Symbol.asyncDispose]());

/** Calls for developer sessions are made with one. */
const by = ({ isPersonal }: Call): { token?: string } => (isPersonal ? { token: session } : {});

/** The URL of a call by an admin token. */
function urlOf({ path }: Call, query = '', ids = real): string {
  const named = isPortalSide(path) && !query.startsWith('portal_id=') ? `portal_id=${portal}` : '';
  const all = [named, query].filter((part) => part !== '').join('&');
  return `${pathOf(path, ids)}${all === '' ? '' : `?${all}`}`;
}

/** A digest of all tables that a call could change. */
async function fingerprint(): Promise<string> {
  const tables = (
    'portal developer approval deletion email event session api_product application credential credential_key ' +
    'credential_login subscription login_option identity operator operator_session'
  ).split(' ');
  const parts = await Promise.all(
    tables.map((table) =>
      system.sql<{ sum: string }>(
        `select md5(coalesce(string_agg(t::text, '' order by t::text), '')) as sum from ${table} t`,
      ),
    ),
  );
  const [tokens] = await system.sql<{ n: string }>('select count(*)::text as n from token');
  return JSON.stringify([parts, tokens]);
}

/** Expects that each call is rejected with one of these statuses, and that no call changes anything. */
async function expectRefused(
  statuses: number[],
  requests: { what: string; token?: string; body?: unknown; headers?: Record<string, string> }[],
): Promise<void> {
  const before = await fingerprint();
  expect(requests.length).toBeGreaterThan(0);
  for (const { what, ...request } of requests) {
    const { status, text } = await call(system, what, request);
    expect(statuses, `${what} ${JSON.stringify(request).slice(0, 200)} -> ${status} ${text.slice(0, 300)}`).toContain(
      status,
    );
  }
  expect(await fingerprint()).toBe(before);
}

describe('every call rejects, with a problem document and without a change,', () => {
  it('an unknown query parameter and an unknown body field, which the error names', async () => {
    for (const each of await everyCall(system)) {
      const before = await fingerprint();
      const inQuery = await call(system, `${each.method} ${urlOf(each, 'surprise=1')}`, by(each));
      expect(inQuery.status, `${each.method} ${each.path}`).toBe(422);
      expect(inQuery.body['errors']).toContainEqual(expect.objectContaining({ path: '?surprise' }));
      if (each.method !== 'GET') {
        const inBody = await call(system, `${each.method} ${urlOf(each)}`, { ...by(each), body: { surprise: 1 } });
        expect(inBody.status).toBe(422);
        expect(inBody.body['errors']).toContainEqual(expect.objectContaining({ path: '/surprise' }));
      }
      expect(await fingerprint()).toBe(before);
    }
  });

  it('wrong values in every body field', async () => {
    const requests = (await everyCall(system)).flatMap((each) =>
      Object.keys(each.body?.properties ?? {}).flatMap((field) =>
        WRONG.filter((value) => !mayBe(field, value, each.path)).map((value) => ({
          ...by(each),
          what: `${each.method} ${urlOf(each)}`,
          body: { ...complete(each), [field]: value },
        })),
      ),
    );
    await expectRefused([422], requests);
  });

  it('lone surrogates, which JSON can carry and PostgreSQL cannot', async () => {
    const requests = (await everyCall(system)).flatMap((each) =>
      Object.keys(each.body?.properties ?? {}).map((field) => ({
        ...by(each),
        what: `${each.method} ${urlOf(each)}`,
        body: JSON.stringify({ ...complete(each), [field]: '@@' }).replace('"@@"', '"\\ud800"'),
      })),
    );
    await expectRefused([422], requests);
  });

  it('wrong values of every query parameter', async () => {
    const values = [
      '',
      'nonsense!',
      '-1',
      '1.5',
      '99999999999999999999',
      'x'.repeat(3000),
      '%00',
      '%ff',
      '%E2%28%A1',
      'a%0Ab',
    ];
    const requests = (await everyCall(system)).flatMap((each) =>
      each.query.flatMap((name) =>
        values
          .filter((value) => !isFine(name, value))
          .map((value) => ({ ...by(each), what: `${each.method} ${urlOf(each, `${name}=${value}`)}` })),
      ),
    );
    await expectRefused([400, 422], requests);
  });

  it('the key __proto__, which must not be silently dropped', async () => {
    const what = `PATCH /api/portals/${portal}/developers/${real['developer_id']}`;
    await expectRefused(
      [422],
      [
        { what, body: '{"labels":{"__proto__":"x"}}' },
        { what, body: '{"__proto__":{}}' },
      ],
    );
  });

  it('a repeated parameter', async () => {
    const requests = (await everyCall(system)).flatMap((each) =>
      each.query
        .filter((name) => name !== 'labels' && !each.repeatable.includes(name))
        .map((name) => ({ ...by(each), what: `${each.method} ${urlOf(each, `${name}=1&${name}=2`)}` })),
    );
    await expectRefused([400], requests);
  });

  it('bodies that are not JSON, not an object, too large, or of another type', async () => {
    const withBody = (await everyCall(system))
      .filter(({ body }) => body !== null)
      .map((each) => ({ ...by(each), what: `${each.method} ${urlOf(each)}` }));
    await expectRefused(
      [400],
      withBody.flatMap((each) => ['{', '{"a":}', 'nonsense', '{"a":1}}'].map((body) => ({ ...each, body }))),
    );
    await expectRefused(
      [400, 422],
      withBody.flatMap((each) => ['[]', '"text"', '1', 'null'].map((body) => ({ ...each, body }))),
    );
    await expectRefused(
      [413],
      withBody.map((each) => ({ ...each, body: JSON.stringify({ name: 'x'.repeat(1_100_000) }) })),
    );
    await expectRefused(
      [415],
      withBody.flatMap((each) =>
        [
          'text/plain',
          'application/x-www-form-urlencoded',
          'multipart/form-data; boundary=x',
          'application/json; charset=latin1',
        ].map((type) => ({ ...each, body: '{}', headers: { 'content-type': type } })),
      ),
    );
  });

  it('malformed, unknown and hostile ids, like records that do not exist', async () => {
    const hostile = [
      'none',
      '0',
      '0190f3a0-0000-7000-8000-000000000000',
      `' or 1=1 --`,
      '<script>',
      '%',
      '..',
      'ünïcode',
      'x'.repeat(2000),
      '\u0001',
      '\u0000',
    ];
    const requests = (await everyCall(system)).flatMap((each) =>
      [...each.path.matchAll(/\{(.+?)\}/g)].flatMap(([, name = '']) =>
        hostile.map((id) => ({
          ...by(each),
          what: `${each.method} ${urlOf(each, '', { ...real, [name]: id === '..' ? '%2e%2e' : id })}`,
          ...(each.body ? { body: complete(each) } : {}),
        })),
      ),
    );
    await expectRefused([404, 422], requests);
  });

  it('other methods, with the list of allowed methods', async () => {
    const before = await fingerprint();
    const calls = await everyCall(system);
    for (const each of calls) {
      const isPut = calls.some(({ path, method }) => path === each.path && method === 'PUT');
      const { status, headers } = await call(system, `${isPut ? 'PATCH' : 'PUT'} ${urlOf(each)}`);
      expect(status).toBe(405);
      expect(headers.get('allow')).toContain(each.method);
    }
    expect(await fingerprint()).toBe(before);
  });

  it('Idempotency-Key, which is not supported yet', async () => {
    const posts = (await everyCall(system)).filter(({ method }) => method === 'POST');
    await expectRefused(
      [400],
      posts.map((each) => ({ ...by(each), what: `POST ${urlOf(each)}`, headers: { 'idempotency-key': 'k' } })),
    );
  });
});

describe('names that look like an attack', () => {
  it.each([
    `'; drop table developer; --`,
    '<img src=x onerror=alert(1)>',
    '{{7*7}}',
    '${jndi:ldap://x}',
    '__proto__',
    '../../etc/passwd',
    '🎩'.repeat(100),
  ])('are stored unchanged: %s', async (username) => {
    const { status, body } = await call(system, `POST /api/portals/${portal}/developers/invites`, {
      body: { username, password: PASSWORD },
    });
    expect({ status, username: body['username'] }).toEqual({ status: 201, username });
    expect(
      (
        await call(
          system,
          `GET /api/portals/${portal}/developers?search=${encodeURIComponent([...username].slice(0, 100).join(''))}`,
        )
      ).body,
    ).toMatchObject({ total: 1 });
  });
});
