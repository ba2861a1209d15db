import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, inject, test } from 'vitest';
import { call, createSubscription, listOf, newPortal, recordOf, register, signedIn, until } from './api.ts';
import { newKeyHolder } from './key-holder.ts';
import { findPgBouncer, startPgBouncer } from './pgbouncer.ts';
import { startSmtpSink } from '@gatehouse/testing/smtp-sink';
import { startSystem, type System } from './system.ts';

const required = process.env['TEST_POOLER'] === 'required';
const serverUrl = () => inject('databaseServerUrl');

describe.runIf(required || findPgBouncer() !== undefined)('behind PgBouncer', () => {
  test.each([
    ['in session mode', 'session', false],
    ['in transaction mode, with a direct address', 'transaction', true],
  ] as const)('%s, every step of a developer works, for several at the same time', async (_what, mode, direct) => {
    await using bouncer = await startPgBouncer(mode, serverUrl());
    const sink = await startSmtpSink();
    await using system = await startSystem({
      smtpUrl: sink.url,
      reach: (databaseUrl) => ({
        DATABASE_URL: bouncer.through(databaseUrl),
        ...(direct ? { DATABASE_DIRECT_URL: databaseUrl } : {}),
      }),
    });
    await until('the readiness', async () => ((await call(system, 'GET /readyz')).status === 200 ? true : null));
    const portal = await newPortal(system);
    const approval = await register(system, portal, 'ada');
    expect((await call(system, `POST /api/approvals/${approval['id']}/accept`)).status).toBe(200);
    const begun = performance.now();
    await until('the mail', () =>
      Promise.resolve(sink.to('ada@example.org').find(({ subject }) => /approved/.test(subject ?? '')) ?? null),
    );
    expect(performance.now() - begun).toBeLessThan(3000);
    const [ada] = listOf(await call(system, `GET /api/portals/${portal}/developers`));
    const own = `/api/portals/${portal}/developers/${String(ada?.['developer_id'])}`;
    expect((await call(system, `DELETE ${own}`)).status).toBe(202);
    await until('the erasure', async () => {
      const [found] = listOf(await call(system, `GET /api/deletions?portal_id=${portal}&status=completed`));
      return found ?? null;
    });
    await Promise.all([1, 2, 3, 4, 5, 6].map((n) => useAndRevoke(system, portal, `grace${String(n)}`)));
    await cancelsWithItsCaller(system);
    await sink[Symbol.asyncDispose]();
  });

  test.each(['apps/api/src/main.ts', 'apps/worker/src/main.ts', 'tools/migrate.ts'])(
    'in transaction mode without a direct address, %s exits with one line that names the setting',
    async (script) => {
      await using bouncer = await startPgBouncer('transaction', serverUrl());
      const child = spawn(process.execPath, [script], {
        cwd: new URL('..', import.meta.url),
        env: {
          PATH: process.env['PATH'] ?? '',
          DATABASE_URL: bouncer.through(serverUrl()),
          PUBLIC_URL: 'http://127.0.0.1',
          GATEHOUSE_SECRET: 's'.repeat(32),
          PORT: '0',
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let output = '';
      child.stderr.on('data', (chunk) => (output += String(chunk)));
      expect((await once(child, 'exit'))[0]).toBe(1);
      expect(output).toMatch(
        /^DATABASE_URL leads through a pooler .* Set DATABASE_DIRECT_URL to the URL of PostgreSQL itself\.\n$/,
      );
    },
  );
});

/** From an invitation to a deletion. A gateway must notice each change at once. */
async function useAndRevoke(system: System, portal_id: string, username: string): Promise<void> {
  expect((await call(system, 'GET /api/me', { token: await signedIn(system, portal_id, username) })).status).toBe(200);
  const product = await call(system, `POST /api/portals/${portal_id}/api_products`, {
    body: { name: username, auth: { 'key-auth': {} }, status: 'published', subscription_auto_approval: true },
  });
  const api_product_id = String(product.body['id']);
  const { applicationId, developerId, keyId, key } = await newKeyHolder(system, portal_id);
  const ids = { application_id: applicationId, api_product_id };
  const verify = async (bearer: string): Promise<number> => {
    const headers = { authorization: `Bearer ${bearer}` };
    return (await fetch(`${system.url}/gateway/verify/${api_product_id}`, { headers })).status;
  };
  const developer = `/api/portals/${portal_id}/developers/${developerId}`;
  const credential = `/api/applications/${applicationId}/credentials/${keyId}`;

  expect(await verify(key)).toBe(403);
  const { id } = await createSubscription(system, portal_id, ids);
  expect(await verify(key)).toBe(200);
  const rotated = await call(system, `PUT ${credential}/regenerate?portal_id=${portal_id}`, {
    body: { type: 'key-auth' },
  });
  expect(rotated.status).toBe(200);
  const newKey = String(recordOf(rotated.body['key-auth'])['key']);
  expect([await verify(key), await verify(newKey)]).toEqual([401, 200]);
  for (const [step, status, outcome] of [
    [`POST ${developer}/suspend`, 200, 403],
    [`POST ${developer}/reactivate`, 200, 200],
    [`DELETE /api/subscriptions/${String(id)}?portal_id=${portal_id}`, 204, 403],
    [`DELETE ${developer}`, 202, 401],
  ] as const)
    expect([step, (await call(system, step)).status, await verify(newKey)]).toEqual([step, status, outcome]);
}

/** Cancellation must work through the pooler, which has its own ids for connections. */
async function cancelsWithItsCaller(system: System): Promise<void> {
  // The worker reads the table of mails, too.
  await system.worker.kill();
  await system.sql('alter table email rename to real_email');
  await system.sql('create view email as select r.* from (select pg_sleep(60)) s, real_email r');
  const sleeping = async () =>
    (await system.sql(`select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`))
      .length;
  const gone = new AbortController();
  const headers = { authorization: `Bearer ${system.adminToken}` };
  const calling = fetch(`${system.url}/api/emails`, { headers, signal: gone.signal }).catch(() => undefined);
  await expect.poll(sleeping).toBeGreaterThan(0);
  gone.abort();
  await calling;
  await expect.poll(sleeping, { timeout: 2000 }).toBe(0);
}
