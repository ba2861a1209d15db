import pg from 'pg';
import { expect, test } from 'vitest';
import { apiTest } from './testing/api-test.ts';

test('changes are answered 503 while the database is read-only', async () => {
  await using gatehouse = await apiTest();
  const sql = new pg.Client({ connectionString: gatehouse.databaseUrl });
  await sql.connect();
  const makeReadOnly = async (value: 'on' | 'off') => {
    const [, name] = /([^/]+)$/.exec(gatehouse.databaseUrl) ?? [];
    await sql.query(`alter database ${String(name)} set default_transaction_read_only = ${value}`);
    // Closes the connections, as a failover does.
    await sql.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
  };
  const create = (slug: string) => gatehouse.api('/api/portals', { json: { name: slug, slug } });
  const ready = async () => (await gatehouse.fetch('/readyz')).text();
  try {
    await makeReadOnly('on');
    await expect.poll(async () => (await create('one')).headers.get('retry-after')).toBe('2');
    expect((await create('one')).status).toBe(503);
    expect((await gatehouse.api('/api/portals')).status).toBe(200);
    expect(await ready()).toContain('database');
    await makeReadOnly('off');
    await expect.poll(async () => (await create('two')).status).toBe(201);
    expect(await ready()).not.toContain('database');
  } finally {
    await sql.end();
  }
});
