import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiTest, type ApiTest } from '../testing/api-test.ts';
import { newPortal, PASSWORD, PUBLIC_URL, signedIn, visitor, type Visitor } from '../testing/page-visitor.ts';
import { TABLE } from './table.ts';

let gatehouse: ApiTest;
let portalId: string;
let ada: Visitor;
beforeAll(async () => {
  gatehouse = await apiTest({ env: { PUBLIC_URL } });
  portalId = await newPortal(gatehouse, 'open', { registration_auto_approval: true });
  await newPortal(gatehouse, 'other', { registration_auto_approval: true });
  await newPortal(gatehouse, 'closed', { self_registration: false });
  ada = await signedIn(gatehouse, 'open', 'ada');
});
afterAll(() => gatehouse[Symbol.asyncDispose]());

async function connected() {
  const client = new pg.Client({ connectionString: gatehouse.databaseUrl });
  await client.connect();
  return { client, [Symbol.asyncDispose]: () => client.end() };
}

const stranger = (slug = 'open') => visitor(gatehouse, slug);
const signIn = (username: string, password = PASSWORD) => ({ action: 'sign_in', username, password });

describe('every page', () => {
  const paths = TABLE.map(({ path }) => path.replace(':application_id', '01a20e50-cb65-79b7-ae3b-1ed53676a079'));

  /** The response to an unknown form of a signed-in developer. */
  function noSuchForm(path: string): [status: number, location: string | null] {
    if (['/sign_in', '/register'].includes(path)) return [303, '/portals/open'];
    return [path.startsWith('/applications/') ? 404 : 400, null];
  }

  test.each(paths)(
    '%s loads nothing from other hosts, runs no scripts, and cannot be framed or cached',
    async (path) => {
      for (const who of [stranger(), ada]) {
        const { text, headers } = await who.get(path);
        expect(headers.get('content-security-policy')).toBe(
          "default-src 'none';style-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'",
        );
        expect(headers.get('referrer-policy')).toBe('strict-origin');
        expect(headers.get('cache-control')).toBe('no-store');
        expect(text).not.toMatch(/<script|\son\w+=|style="|https?:/i);
      }
    },
  );

  test.each(paths)('%s rejects forms of other sites, with and without a session', async (path) => {
    for (const who of [stranger(), ada])
      for (const origin of ['https://evil.example', 'null', 'https://gatehouse.example.evil.example'])
        for (const headers of [{ origin }, { origin, 'sec-fetch-site': 'cross-site' }]) {
          const { status, text } = await who.post(path, signIn('ada'), headers);
          expect([status, text]).toEqual([403, expect.stringContaining('not sent from a page of this portal')]);
        }
    expect((await ada.get('/account')).status).toBe(200);
  });

  test.each(paths)('%s rejects other methods and unknown forms', async (path) => {
    const answer = await gatehouse.fetch(`/portals/open${path}`, { method: 'PUT', headers: { origin: PUBLIC_URL } });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
    const { status, location } = await ada.post(path, { action: 'toString' });
    expect([status, location]).toEqual(noSuchForm(path));
  });

  test('of a developer redirects to sign in, which leads back', async () => {
    const who = stranger();
    const { status, location } = await who.get('/account?page=2');
    expect([status, location]).toEqual([303, '/portals/open/sign_in?return_to=%2Fportals%2Fopen%2Faccount']);
    expect((await who.get('/sign_in?return_to=%2Fportals%2Fopen%2Faccount')).text).toContain(
      'name="return_to" value="/portals/open/account"',
    );
    const back = await who.post('/sign_in', { ...signIn('ada'), return_to: '/portals/open/account' });
    expect([back.status, back.location]).toEqual([303, '/portals/open/account']);
    expect((await who.get('/sign_in?done=verified')).location).toBe('/portals/open?done=verified');
  });

  test('does not redirect to another site after signing in', async () => {
    for (const return_to of ['https://evil.example', '//evil.example', '/portals/other/account']) {
      const { status, location } = await stranger().post('/sign_in', { ...signIn('ada'), return_to });
      expect([return_to, status, location]).toEqual([return_to, 303, '/portals/open']);
    }
  });

  test('of a session redirects to sign in, too', async () => {
    for (const path of ['/change_password', '/sign_out'])
      expect((await stranger().get(path)).location).toBe(
        `/portals/open/sign_in?return_to=${encodeURIComponent(`/portals/open${path}`)}`,
      );
  });

  test('for visitors rejects forms of signed-in developers', async () => {
    const { status, location } = await ada.post('/sign_in', signIn('ada', 'wrong'));
    expect([status, location]).toEqual([303, '/portals/open']);
  });

  test('of an unknown portal or name is not found, in the language of the visitor', async () => {
    for (const slug of ['unknown', 'OPEN', '%00', 'open%2Fsign_in', '..%2Fopen']) {
      const { status, text, headers } = await stranger(slug).get('/sign_in', { 'accept-language': 'de-AT' });
      expect([slug, status, headers.get('content-type')]).toEqual([slug, 404, 'text/html; charset=utf-8']);
      expect(text).toContain('<html lang="de">');
      expect(text).toContain('Seite nicht gefunden');
    }
    const { status, text } = await ada.get('/unknown');
    expect([status, text]).toEqual([404, expect.stringContaining('We can’t find that page.')]);
  });

  test('is the same with a trailing slash', async () => {
    expect((await ada.get('/')).text).toContain('Hello, ada');
    expect((await ada.get('/account/')).status).toBe(200);
  });

  test('shows only known confirmations', async () => {
    expect((await stranger().get('/sign_in?done=signed_out')).text).toContain('role="status"');
    for (const done of ['toString', 'You won!', '__proto__'])
      expect((await stranger().get(`/sign_in?${new URLSearchParams({ done }).toString()}`)).text).not.toContain(
        'role="status"',
      );
  });

  test('rejects a form that is too long', async () => {
    const { status, text } = await stranger().post('/sign_in', signIn('a'.repeat(17_000)));
    expect([status, text]).toEqual([413, expect.stringContaining('The form is too long.')]);
  });
});

test('the stylesheet can be cached until it changes', async () => {
  const [, path = ''] = /href="(\/portals\/style.css\?v=\w+)"/.exec((await stranger().get('/sign_in')).text) ?? [];
  const response = await gatehouse.fetch(path);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
  expect(response.headers.get('cache-control')).toContain('immutable');
});

test('behind a proxy that strips a prefix, every URL has the prefix', async () => {
  await using behind = await apiTest({
    env: { PUBLIC_URL: `${PUBLIC_URL}/gate/` },
    databaseUrl: gatehouse.databaseUrl,
  });
  const who = visitor(behind, 'open');
  const { text } = await who.get('/sign_in');
  const addresses = [...text.matchAll(/(?:href|action)="([^"#]+)/g)].map(([, address]) => address);
  expect(addresses.length).toBeGreaterThan(4);
  for (const address of addresses) expect(address).toMatch(/^\/gate\/portals\//);
  expect((await who.post('/sign_in', signIn('ada'))).location).toBe('/gate/portals/open');
});

describe('a language', () => {
  const languageAt = async (accept?: string) => {
    const { text } = await stranger().get('/sign_in', accept === undefined ? {} : { 'accept-language': accept });
    return /<html lang="(\w+)">/.exec(text)?.[1];
  };
  test.each([
    ['de', 'de'],
    ['de-CH,fr;q=0.5', 'de'],
    ['fr,de;q=0.3,en;q=0.2', 'de'],
    ['en-GB,de;q=0.3', 'en'],
    ['fr', 'en'],
    ['*', 'en'],
    ['', 'en'],
    ['x'.repeat(200), 'en'],
  ])('is chosen by Accept-Language %s: %s', async (accept, language) => {
    expect(await languageAt(accept)).toBe(language);
  });

  test('also has texts for errors', async () => {
    const { text } = await stranger().post('/sign_in', signIn('ada', 'wrong'), { 'accept-language': 'de' });
    expect(text).toContain('<title>Fehler: Anmelden – The portal open</title>');
    expect(text).toContain('Benutzername oder Passwort ist falsch.');
  });
});

describe('a session', () => {
  test('of one portal is not valid at another', async () => {
    const answer = await gatehouse.api(`/api/portals/${portalId}/auth/login`, {
      token: '',
      json: { username: 'ada', password: PASSWORD },
    });
    const [cookie = ''] = (answer.headers.getSetCookie()[0] ?? '').split(';', 1);
    const at = (slug: string) => gatehouse.fetch(`/portals/${slug}`, { headers: { cookie } });
    expect((await at('open')).status).toBe(200);
    expect((await at('other')).headers.get('location')).toBe('/portals/other/sign_in');
  });

  test('with a one-time password allows only changing it', async () => {
    const path = `/api/portals/${portalId}/developers/invites`;
    await gatehouse.api(path, { json: { username: 'grace', password: PASSWORD } });
    const grace = stranger();
    await grace.post('/sign_in', signIn('grace'));
    for (const page of ['', '/applications', '/account', '/sessions'])
      expect((await grace.get(page)).location).toBe('/portals/open/change_password');
    const { text } = await grace.get('/change_password');
    expect(text).toContain('Choose your own password');
    expect(text).not.toContain('/account');
    const change = { action: 'change', current_password: PASSWORD, new_password: `${PASSWORD}!` };
    expect((await grace.post('/change_password', change)).location).toBe('/portals/open?done=password_changed');
    expect((await grace.get('')).text).toContain('Hello, grace');
  });

  test('that ends before a form is sent redirects to sign in', async () => {
    const who = await signedIn(gatehouse, 'open', 'mary');
    const twin = visitor(gatehouse, 'open');
    await twin.post('/sign_in', signIn('mary'));
    await twin.post('/change_password', {
      action: 'change',
      current_password: PASSWORD,
      new_password: `${PASSWORD}!`,
    });
    const { status, location } = await who.post('/applications', { action: 'create', name: 'Shop' });
    expect([status, location]).toEqual([303, '/portals/open/sign_in?return_to=%2Fportals%2Fopen%2Fapplications']);
  });
});

test('a developer whose account is deleted before a form is handled is redirected to sign in', async () => {
  const who = await signedIn(gatehouse, 'open', 'gone');
  await using sql = await connected();
  await sql.client.query('begin');
  await sql.client.query(`update developer set left_at = now() where username = 'gone'`);
  const saved = who.post('/account', { action: 'save_name', name: 'Gone' });
  const waiting = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
  await expect.poll(async () => (await sql.client.query(waiting)).rowCount, { timeout: 5000 }).toBe(1);
  await sql.client.query('commit');
  expect((await saved).location).toBe('/portals/open/sign_in?return_to=%2Fportals%2Fopen%2Faccount');
});

test('a portal without registrations says so on the page and in response to the form', async () => {
  const { text } = await stranger('closed').get('/register');
  expect(text).toContain('does not accept registrations');
  expect(text).not.toContain('name="password"');
  const form = { action: 'register', username: 'eve', email: 'eve@example.org', password: PASSWORD };
  const sent = await stranger('closed').post('/register', form);
  expect([sent.status, sent.text]).toEqual([403, expect.stringContaining('does not accept registrations')]);
});

test('a caller who guesses passwords gets 429 and the time to wait', async () => {
  const answers = [];
  for (let n = 0; n < 11; n += 1) answers.push(await stranger().post('/sign_in', signIn('nobody', 'wrong')));
  expect(answers.map(({ status }) => status)).toEqual([...Array<number>(10).fill(401), 429]);
  expect(answers.at(-1)?.text).toMatch(/Too many attempts. Try again in \d+ minutes/);
  expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(500);
});

test('every application is on exactly one page of the list, even with long descriptions', async () => {
  await using sql = await connected();
  await sql.client.query(
    `insert into application (id, developer_uid, name, "desc", created_at, updated_at)
     select gen_random_uuid(), d.id, 'long-' || n || '-', repeat('x', 200000), now(), now()
     from developer d, generate_series(1, 25) n where d.username = 'ada' and d.portal_id = $1`,
    [portalId],
  );
  const texts = [(await ada.get('/applications')).text, (await ada.get('/applications?page=2')).text];
  const named = texts.map((text) => text.match(/long-\d+-/g) ?? []);
  expect(named.map(({ length }) => length)).toEqual([20, 5]);
  expect(new Set(named.flat()).size).toBe(25);
  await gatehouse.api(`/api/portals/${portalId}`, { method: 'PATCH', json: { settings: { max_applications: 25 } } });
  const { status, text } = await ada.post('/applications', { action: 'create', name: 'Shop' });
  expect([status, text]).toEqual([409, expect.stringContaining('You have reached the limit of this portal.')]);
});

test('the log and the metrics contain the route of a page, but no password', async () => {
  const metrics = await (await gatehouse.api('/metrics')).text();
  expect(metrics).toContain('route="/portals/{slug}/applications/{application_id}"');
  expect(gatehouse.log()).toContain('"error_code":"invalid_login"');
  expect(gatehouse.log()).not.toContain(PASSWORD);
});

test('an unforeseen error is logged, but not shown', async () => {
  await using sql = await connected();
  const form = { action: 'forget', email: 'ada@example.org' };
  for (const [table, ask] of [
    ['application', (id: string) => ada.get('/applications', { 'x-request-id': id })],
    ['email', (id: string) => stranger().post('/forgot_password', form, { 'x-request-id': id })],
  ] as const) {
    const requestId = `unforeseen-${table}`;
    await sql.client.query(`alter table ${table} rename to mislaid`);
    const { status, text } = await ask(requestId);
    await sql.client.query(`alter table mislaid rename to ${table}`);
    expect([status, text]).toEqual([
      500,
      expect.stringContaining(`Quote this ID when you contact support: ${requestId}`),
    ]);
    expect(text).not.toMatch(/relation|select/i);
    const logged = gatehouse.log().split('\n');
    expect(logged.find((line) => line.includes('unforeseen error') && line.includes(requestId))).toBeDefined();
  }
});
