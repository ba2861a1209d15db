import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { COUNTED_TABLES, findDifferences } from '@gatehouse/db/counters';
import { MIGRATOR } from '@gatehouse/db/migrate';
import { createOrm } from '@gatehouse/db/orm';
import { Connection } from '@gatehouse/postgres/connection';
import { createEmptyDatabase } from '@gatehouse/testing/database';
import { expect, it } from 'vitest';

/** The last migration of the release that runs while `npm run migrate` prepares the next one. */
const PREVIOUS = '20261127180000_locale';

/** 100,000 rows, as the previous release makes them. */
const ROWS = `
  insert into portal (id, name, slug, settings, created_at, updated_at)
    select gen_random_uuid(), n, n, '{}', now(), now() from generate_series(1, 2) n;
  insert into developer (id, portal_id, developer_id, username, username_key, name, state, provider, created_at, updated_at)
    select gen_random_uuid(), p.id, n, n, n, n, (array['Pending', 'Active', 'Suspended'])[1 + n % 3], 'builtin', now(), now()
    from portal p, generate_series(1, 5000) n;
  insert into api_product (id, portal_id, name, type, status, visibility, created_at, updated_at)
    select gen_random_uuid(), id, 'p', 'gateway', 'published', 'public', now(), now() from portal;
  insert into application (id, developer_uid, name, created_at, updated_at)
    select gen_random_uuid(), id, 'a', now(), now() from developer, generate_series(1, 2);
  insert into credential (id, application_id, type, name, created_at, updated_at)
    select gen_random_uuid(), id, 'key-auth', 'k', now(), now() from application;
  insert into subscription (id, developer_uid, application_id, api_product_id, status, created_at)
    select gen_random_uuid(), d.id, a.id, p.id, 'subscribed', now()
    from application a join developer d on d.id = a.developer_uid join api_product p using (portal_id);
  insert into approval (id, portal_id, developer_uid, event, status, resource_type, resource_id, resource_name, applicant_id, applicant_name, applied_at, created_at, updated_at)
    select gen_random_uuid(), portal_id, id, 'developer_registration', 'pending', 'developer', 'r', 'r', 'a', 'a', now(), now(), now() from developer;
  insert into event (id, name, actor_kind, portal_id, resource_type, resource_id, occurred_at)
    select gen_random_uuid(), 'developer.registered', 'anonymous', portal_id, 'developer', id, now() from developer;
  insert into email (id, portal_id, event_id, kind, "to", subject, data, message_id, status, queued_at, due_at, created_at)
    select gen_random_uuid(), portal_id, id, 'k', 'a', 's', '{}', id, 'sent', now(), now(), now() from event`;

/** Changes and reads of the previous release, in one transaction. A wait for a lock of more than a second fails it. */
const WORK = `
  begin; set local lock_timeout = '1s';
  insert into developer (id, portal_id, developer_id, username, username_key, name, state, provider, created_at, updated_at)
    select id, (select id from portal limit 1), id, id, id, id, 'Pending', 'builtin', now(), now() from (select gen_random_uuid() as id);
  insert into application (id, developer_uid, name, created_at, updated_at)
    select gen_random_uuid(), id, 'late', now(), now() from developer order by developer_id desc limit 1;
  insert into credential (id, application_id, type, name, created_at, updated_at)
    select gen_random_uuid(), id, 'key-auth', 'late', now(), now() from application where name = 'late' limit 1;
  insert into subscription (id, developer_uid, application_id, api_product_id, status, created_at)
    select gen_random_uuid(), developer_uid, a.id, p.id, 'wait_for_approval', now() from application a, api_product p
    where a.name = 'late' limit 1 on conflict do nothing;
  with made as (insert into event (id, name, actor_kind, resource_type, resource_id, occurred_at)
    values (gen_random_uuid(), 'developer.invited', 'system', 'developer', 'd', now()) returning *)
  insert into email (id, portal_id, event_id, kind, "to", subject, data, message_id, status, queued_at, due_at, created_at)
    select gen_random_uuid(), (select id from portal limit 1), id, 'k', 'a', 's', '{}', id, 'queued', now(), now(), now() from made;
  insert into outbox (event_id) select id from event order by occurred_at desc limit 1 on conflict do nothing;
  update developer set state = 'Active', updated_at = now() where id = (select id from developer where state = 'Pending' limit 1 for update skip locked);
  update approval set status = 'finished', result = 'accepted' where id = (select id from approval where status = 'pending' limit 1 for update skip locked);
  delete from credential where id = (select id from credential limit 1 for update skip locked);
  select count(*) from developer where state = 'Active';
  commit`;

/**
 * PostgreSQL refuses a change of a table that could wait for its lock for more than 50 ms, because writers queue behind
 * it, and one that copies the table. What does not block writers may wait. The queue migrates its own schema.
 */
const WATCH = `
  create function refuse_long_lock() returns event_trigger language plpgsql as $$ begin
    if current_schema() = 'public' and current_setting('lock_timeout') <> '50ms' and current_query() !~* 'concurrently|validate constraint'
    then raise exception 'a change without a short lock_timeout: %', current_query(); end if;
  end $$;
  create event trigger refuse_long_lock on ddl_command_start
    when tag in ('ALTER TABLE', 'CREATE INDEX', 'CREATE TRIGGER', 'DROP INDEX', 'DROP TABLE', 'DROP TRIGGER')
    execute function refuse_long_lock();
  create function refuse_copy() returns event_trigger language plpgsql as $$ begin
    raise exception 'copies a table: %', current_query();
  end $$;
  create event trigger refuse_copy on table_rewrite execute function refuse_copy();`;

/** Runs `npm run migrate` and kills it after some milliseconds, if any. Returns its error output if it ended itself. */
async function migrate(databaseUrl: string, killedAfter?: number): Promise<string | undefined> {
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'migrate.ts')], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let printed = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const timer = killedAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killedAfter);
  const [code] = await once(child, 'close');
  clearTimeout(timer);
  return code === null ? undefined : `${code}: ${printed}`;
}

it('migrates under load without long locks, and goes on after it was killed', async () => {
  await using database = await createEmptyDatabase();
  const orm = createOrm({ databaseUrl: database.url, limits: null, migrator: MIGRATOR });
  await orm.migrator.up({ to: PREVIOUS });
  const open = async () => {
    const connection = new Connection({ databaseUrl: database.url, name: 'test', limits: null });
    await connection.connect();
    return connection;
  };
  const connection = await open();
  await connection.query(ROWS);
  await connection.query(WATCH);

  const end = new AbortController();
  const writing = [await open(), await open()].map(async (writer) => {
    let times = 0;
    for (; !end.signal.aborted; times += 1) {
      await writer.query(WORK);
      await sleep(20);
    }
    await writer.end();
    return times;
  });
  const migrating = (async () => {
    for (const delay of [1500, 2500, 4000]) {
      const ended = await migrate(database.url, delay);
      if (ended !== undefined) expect(ended).toBe('0: ');
    }
    expect(await migrate(database.url)).toBe('0: ');
    end.abort();
  })();
  const [, ...times] = await Promise.all([migrating, ...writing]);
  expect(Math.min(...times)).toBeGreaterThan(0);

  for (const table of COUNTED_TABLES) expect(await findDifferences(connection, table)).toEqual([]);
  expect((await connection.query('select from pg_index where not indisvalid')).rows).toEqual([]);
  expect((await orm.schema.getUpdateSchemaSQL({ wrap: false })).trim()).toBe('');
  await connection.end();
  await orm.close();
}, 120_000);
