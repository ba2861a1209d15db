import { setTimeout as delay } from 'node:timers/promises';
import { watchRuns } from '@gatehouse/db/statement';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiTest, type ApiTest } from './testing/api-test.ts';
import { jsonOf } from './testing/serve.ts';

const PASSWORD = 'correct horse battery staple';
/** The time that a process may take to notice a revocation by another one, with room for a busy machine. */
const NOTICE = { timeout: 5000, interval: 20 };

const CHANGED = expect.toBeOneOf([200, 202, 204]);

let here: ApiTest;
let elsewhere: ApiTest;
let sql: pg.Client;
let portalId: string;
beforeAll(async () => {
  here = await apiTest();
  elsewhere = await apiTest({ databaseUrl: here.databaseUrl });
  sql = new pg.Client({ connectionString: here.databaseUrl });
  await sql.connect();
  portalId = await idOf('/api/portals', { name: 'P', slug: 'p', settings: { registration_auto_approval: true } });
});
afterAll(async () => {
  await sql.end();
  await elsewhere[Symbol.asyncDispose]();
  await here[Symbol.asyncDispose]();
});

const bodyOf = async (path: string, json: object, token?: string) =>
  jsonOf(await here.api(path, { json, ...(token === undefined ? {} : { token }) }));
const idOf = async (path: string, json: object): Promise<string> => String((await bodyOf(path, json))['id']);

/** The path is one that the holder may read. */
type Holder = { token: string; path: string };

const statusIn = async (process: ApiTest, { token, path }: Holder): Promise<number> =>
  (await process.api(path, { token })).status;

async function remembered(holder: Holder): Promise<void> {
  for (const process of [here, elsewhere, here, elsewhere]) expect(await statusIn(process, holder)).toBe(200);
}

/** The status of a change that this process makes, and those of the holder's next calls here and elsewhere. */
async function statusesAfter(holder: Holder, change: () => Promise<Response>): Promise<number[]> {
  await remembered(holder);
  const { status } = await change();
  const next = await statusIn(here, holder);
  await expect.poll(() => statusIn(elsewhere, holder), NOTICE).not.toBe(200);
  return [status, next, await statusIn(elsewhere, holder)];
}

async function newToken(json: object): Promise<Holder & { id: string }> {
  const { id, token } = await bodyOf('/api/tokens', { name: 'test', kind: 'admin', scopes: ['portals:read'], ...json });
  return { id: String(id), token: String(token), path: '/api/portals' };
}

let count = 0;
async function newSession(): Promise<Holder & { username: string; developer: string }> {
  count += 1;
  const username = `ada${String(count)}`;
  const at = `/api/portals/${portalId}`;
  await here.api(`${at}/auth/register`, {
    token: '',
    json: { username, email: `${username}@example.org`, password: PASSWORD },
  });
  const { token, developer } = await bodyOf(`${at}/auth/login`, { username, password: PASSWORD }, '');
  const [, developerId = ''] = /"developer_id":"([^"]+)"/.exec(JSON.stringify(developer)) ?? [];
  return { token: String(token), path: '/api/me', username, developer: `${at}/developers/${developerId}` };
}

it('looks up a token once for many calls, and an unknown token each time', async () => {
  const { token, path } = await newToken({});
  const looked: string[] = [];
  const stop = watchRuns(({ text }) => {
    if (text.includes('from token where hash')) looked.push(text);
  });
  try {
    await Promise.all(Array.from({ length: 20 }, () => here.api(path, { token })));
    expect(looked.length).toBe(1);
    for (let n = 0; n < 3; n += 1) expect((await here.api(path, { token: `wrong ${String(n)}` })).status).toBe(401);
    for (let n = 0; n < 3; n += 1) expect((await here.api(path, { token: 'unknown' })).status).toBe(401);
    expect(looked.length).toBeGreaterThanOrEqual(4);
  } finally {
    stop();
  }
});

it.each(['DELETE', 'regenerate'])('ends a token when it is revoked (%s)', async (how) => {
  const holder = await newToken({});
  expect(
    await statusesAfter(holder, () =>
      how === 'DELETE'
        ? here.api(`/api/tokens/${holder.id}`, { method: 'DELETE' })
        : here.api(`/api/tokens/${holder.id}/regenerate`, { method: 'POST' }),
    ),
  ).toEqual([CHANGED, 401, 401]);
});

it('ends the tokens of a portal with the portal', async () => {
  const portal_id = await idOf('/api/portals', { name: 'Q', slug: 'q' });
  const holder = await newToken({ portal_id, scopes: ['portals:read'] });
  expect(await statusesAfter(holder, () => here.api(`/api/portals/${portal_id}`, { method: 'DELETE' }))).toEqual([
    CHANGED,
    401,
    401,
  ]);
});

it('ends a token when it expires', async () => {
  const holder = await newToken({ expires_at: new Date(Date.now() + 1500).toISOString() });
  await remembered(holder);
  const { rows } = await sql.query<{ at: Date }>('select expires_at as at from token where id = $1', [holder.id]);
  await expect.poll(() => statusIn(here, holder), NOTICE).toBe(401);
  expect(Date.now()).toBeGreaterThanOrEqual(rows[0]?.at.getTime() ?? Infinity);
});

it('ends a token within a second even if no revocation announces it', async () => {
  const holder = await newToken({});
  await remembered(holder);
  await sql.query('delete from token where id = $1', [holder.id]);
  await expect.poll(() => statusIn(here, holder), NOTICE).toBe(401);
  await expect.poll(() => statusIn(elsewhere, holder), NOTICE).toBe(401);
});

it('ends a session when its developer signs out', async () => {
  const holder = await newSession();
  expect(
    await statusesAfter(holder, () =>
      here.api(`/api/portals/${portalId}/auth/logout`, { method: 'POST', token: holder.token }),
    ),
  ).toEqual([CHANGED, 401, 401]);
});

it('ends the other sessions when the password is changed', async () => {
  const holder = await newSession();
  const { username } = holder;
  const { token } = await bodyOf(`/api/portals/${portalId}/auth/login`, { username, password: PASSWORD }, '');
  const json = { current_password: PASSWORD, new_password: 'another horse battery staple' };
  expect(
    await statusesAfter(holder, () =>
      here.api(`/api/portals/${portalId}/auth/change_password`, { json, token: String(token) }),
    ),
  ).toEqual([CHANGED, 401, 401]);
});

it.each(['suspend', 'delete'])('ends a session when an admin chooses to %s the developer', async (how) => {
  const holder = await newSession();
  expect(
    await statusesAfter(holder, () =>
      how === 'suspend'
        ? here.api(`${holder.developer}/suspend`, { method: 'POST' })
        : here.api(holder.developer, { method: 'DELETE' }),
    ),
  ).toEqual([CHANGED, 401, 401]);
});

it('ends a session when an admin disables its login option', async () => {
  const holder = await newSession();
  const { list } = await jsonOf(await here.api(`/api/portals/${portalId}/login_options`));
  const [, option = ''] = /"id":"([^"]+)"[^}]*"provider_type":"built_in"/.exec(JSON.stringify(list)) ?? [];
  const disable = (value: boolean) =>
    here.api(`/api/portals/${portalId}/login_options/${option}`, { method: 'PATCH', json: { disable: value } });
  expect(await statusesAfter(holder, () => disable(true))).toEqual([CHANGED, 401, 401]);
  expect((await disable(false)).status).toBe(200);
});

it('lets a pending developer act as soon as the registration is accepted', async () => {
  const { rows } = await sql.query<{ id: string }>('select id from portal where id = $1', [portalId]);
  expect(rows).toHaveLength(1);
  const { token } = await newSession();
  await sql.query(`update developer set state = 'Pending' where username = $1`, [`ada${String(count)}`]);
  await expect
    .poll(async () => (await here.api('/api/applications', { token, json: { name: 'A' } })).status, NOTICE)
    .toBe(403);
  await sql.query(`update developer set state = 'Active' where username = $1`, [`ada${String(count)}`]);
  expect((await here.api('/api/applications', { token, json: { name: 'A' } })).status).toBe(201);
});

it('does not answer a call by a look-up that began before the call', async () => {
  const { token } = await newSession();
  const owner = [`ada${String(count)}`];
  const ofOwner = 'developer_uid = (select id from developer where username = $1)';
  await sql.query(
    `update session set restricted = true, last_used_at = now() - interval '1 hour' where ${ofOwner}`,
    owner,
  );
  const create = async () => (await here.api('/api/applications', { token, json: { name: 'A' } })).status;
  await using lock = await createLock('select from developer where username = $1 for update', owner);
  const early = create();
  // This look-up has read the session, and now waits to record the activity of the developer.
  await expect.poll(() => lock.waiting(), NOTICE).toBe(1);
  await sql.query(`update session set restricted = false where ${ofOwner}`, owner);
  const late = create();
  await delay(200);
  await lock.release();
  expect(await Promise.all([early, late])).toEqual([403, 201]);
});

async function createLock(statement: string, values: string[]) {
  const holder = new pg.Client({ connectionString: here.databaseUrl });
  await holder.connect();
  await holder.query('begin');
  await holder.query(statement, values);
  const waiters = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  return {
    waiting: async () => (await sql.query(waiters)).rows.length,
    release: () => holder.query('commit'),
    [Symbol.asyncDispose]: () => holder.end(),
  };
}
