import { setTimeout as sleep } from 'node:timers/promises';
import { createEmptyDatabase, createTestDatabase } from '@gatehouse/testing/database';
import pg from 'pg';
import { expect, it } from 'vitest';
import { migrate, MIGRATOR } from './migrate.ts';
import { createOrm } from './orm.ts';
import { FOR_EVER, idFrom, monthAfter, timeOf } from './partitioned-tables.ts';
import { keepPartitions } from './partitions.ts';

const PORTAL = '01930000-0000-7000-8000-000000000001';

type Database = { url: string; rows<T extends object>(sql: string, values?: unknown[]): Promise<T[]> };

async function inDatabase(created: Promise<{ url: string } & AsyncDisposable>, test: (it: Database) => Promise<void>) {
  await using database = await created;
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const rows = async <T extends object>(sql: string, values: unknown[] = []) =>
      (await client.query<T>(sql, values)).rows;
    await test({ url: database.url, rows });
  } finally {
    await client.end();
  }
}

const on = (day: string): Date => new Date(`${day}T12:00:00.000Z`);

/** What the previous release writes for one call: an event with its outbox row, its context and a mail. */
async function insertCall({ rows }: Database, at: Date, status = 'sent'): Promise<string> {
  const [id, time] = [idFrom(at).replace(/0{12}$/, String(sequence++).padStart(12, '0')), at.toISOString()];
  await rows(
    `insert into portal (id, name, slug, settings, created_at, updated_at) values ($1, 'P', 'p', '{}', now(), now())
     on conflict do nothing`,
    [PORTAL],
  );
  await rows(
    `insert into event (id, name, actor_kind, portal_id, resource_type, resource_id, occurred_at)
     values ($1, 'portal.updated', 'system', $2, 'portal', 'p', $3)`,
    [id, PORTAL, time],
  );
  await rows('insert into event_context (event_id, portal_id, address, occurred_at) values ($1, $2, $3, $4)', [
    id,
    PORTAL,
    '::1',
    time,
  ]);
  await rows(
    `insert into email (id, portal_id, event_id, kind, "to", subject, data, message_id, status, queued_at, due_at, created_at)
     values ($1, $2, $1, 'invitation', 'ada@example.org', 's', '{}', 'm', $4, $3, $3, $3)`,
    [id, PORTAL, time, status],
  );
  return id;
}
let sequence = 1;

const TABLES = ['email', 'event', 'event_context'];

const keep = ({ url }: Database, now: Date, months: number | null = null) =>
  keepPartitions({
    databaseUrl: url,
    limits: null,
    now,
    retention: months === null ? FOR_EVER : { events: months, emails: months },
  });

/** The partitions of each table and how many rows each has. */
async function partitions({ rows }: Database): Promise<Record<string, number>> {
  const names = await rows<{ name: string }>(
    `select relname as name from pg_inherits join pg_class on oid = inhrelid where relkind = 'r' order by 1`,
  );
  const counted: Record<string, number> = {};
  for (const { name } of names) {
    const [row] = await rows<{ n: number }>(`select count(*)::int as n from history.${name}`);
    counted[name] = row?.n ?? 0;
  }
  return counted;
}

const of = (counts: Record<string, number>): Record<string, number> =>
  Object.fromEntries(
    TABLES.flatMap((table) => Object.entries(counts).map(([month, n]) => [month ? `${table}_${month}` : table, n])),
  );

async function migratedTo(url: string, last: string): Promise<void> {
  const orm = createOrm({ databaseUrl: url, migrator: MIGRATOR });
  await orm.migrator.up({ to: last });
  await orm.close();
}

it('knows the least id of a time, and the next month that is a week away', () => {
  expect(timeOf(idFrom(on('2026-11-28')))).toEqual(on('2026-11-28'));
  expect(monthAfter(on('2026-12-01')).toISOString()).toBe('2027-01-01T00:00:00.000Z');
  expect(monthAfter(on('2026-12-24')).toISOString()).toBe('2027-01-01T00:00:00.000Z');
  expect(monthAfter(on('2026-12-26')).toISOString()).toBe('2027-02-01T00:00:00.000Z');
});

it('turns full tables into partitioned ones while others write, and adopts their rows, indexes and keys', async () => {
  await inDatabase(createEmptyDatabase(), async (database) => {
    const { url, rows } = database;
    await migratedTo(url, '20261127180000_locale');
    const old = await insertCall(database, on('2026-10-05'));
    const files = (schema: string) =>
      rows(
        `select pg_relation_filenode('${schema}.event') as rows, pg_relation_filenode('${schema}.email_to') as mails`,
      );
    const before = await files('public');
    const writing = new AbortController();
    const written = Promise.all([write(url, writing.signal), write(url, writing.signal), write(url, writing.signal)]);
    await migrate({ databaseUrl: url });
    writing.abort();
    const count = (await written).reduce((sum, each) => sum + each);
    expect(count).toBeGreaterThan(0);
    expect(await files('history')).toEqual(before);
    expect(await rows('select count(*)::int as n from event')).toEqual([{ n: count + 1 }]);
    expect(await rows('select id from email join event_context using (event_id)')).toEqual([{ id: old }]);
    await insertCall(database, new Date());
    const twice = `insert into email select
      (jsonb_populate_record(email, jsonb_build_object('id', overlay(id::text placing 'f' from 25)))).* from email`;
    await expect(rows(twice)).rejects.toThrow('unique');
    await expect(rows('delete from event')).rejects.toThrow('append-only');
    await rows('delete from portal');
    expect(await rows('select from email')).toEqual([]);
  });
});

/** Inserts events as the previous release does until `signal` aborts. Returns how many. */
async function write(url: string, signal: AbortSignal): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  let count = 0;
  while (!signal.aborted) {
    const text = `insert into event (id, name, actor_kind, resource_type, resource_id, occurred_at)
      values (uuidv7(), 'portal.updated', 'system', 'portal', 'x', now())`;
    await client.query('begin');
    await client.query('select from portal for share');
    await client.query({ name: 'insert', text });
    await client.query('commit');
    count += 1;
    await sleep(1);
  }
  await client.end();
  return count;
}

it('lets writers pass while a long statement holds up the migration', async () => {
  await inDatabase(createEmptyDatabase(), async (database) => {
    const { url, rows } = database;
    await migratedTo(url, '20261128020200_count_applications_and_credentials');
    await rows('begin');
    await rows('select from event');
    const lines: string[] = [];
    const migrating = migrate({ databaseUrl: url, log: (line) => lines.push(line) });
    await expect.poll(() => lines.join(), { timeout: 10_000 }).toContain('A table is locked');
    const writing = new AbortController();
    const written = write(url, writing.signal);
    await expect.poll(async () => (await rows('select from event')).length, { timeout: 10_000 }).toBeGreaterThan(2);
    writing.abort();
    await written;
    await rows('commit');
    await migrating;
    expect(await rows('select from event')).toHaveLength(await written);
  });
});

it('begins a month when the last one has ended: no row moves, and each row is in one partition', async () => {
  await inDatabase(createTestDatabase(), async (database) => {
    const first = monthAfter(new Date());
    const [start, second] = [monthName(first, 0), monthName(first, 1)];
    const days = (month: number, day: number) =>
      new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + month, day));
    await insertCall(database, days(-1, 20));
    await insertCall(database, days(0, 1));
    expect(await partitions(database)).toEqual(of({ '': 1, [start]: 1 }));
    await keep(database, days(0, 2));
    await keep(database, days(0, 3));
    await insertCall(database, days(0, 30));
    await insertCall(database, days(1, 0));
    await insertCall(database, days(1, 1));
    expect(await partitions(database)).toEqual(of({ '': 1, [start]: 3, [second]: 1 }));
    const seen = await database.rows<{ id: string }>('select id from event order by occurred_at desc, id desc');
    expect(seen).toHaveLength(new Set(seen.map(({ id }) => id)).size);
    expect(seen).toHaveLength(5);
  });
});

it('makes one partition of several months that had none', async () => {
  await inDatabase(createTestDatabase(), async (database) => {
    const first = monthAfter(new Date());
    const days = (month: number) => new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + month, 2));
    for (const month of [-1, 0, 1, 2]) await insertCall(database, days(month));
    // A run that died has left its constraint.
    const open = `history.event_${monthName(first, 0)}`;
    await database.rows(`alter table ${open} add constraint of_month check (id < '${idFrom(days(4))}') not valid`);
    await keep(database, days(2));
    await insertCall(database, days(3));
    expect(await partitions(database)).toEqual(of({ '': 1, [monthName(first, 0)]: 3, [monthName(first, 3)]: 1 }));
  });
});

it('keeps everything in the default partition while one of its ids is of the future', async () => {
  await inDatabase(createTestDatabase(), async (database) => {
    const first = monthAfter(new Date());
    await insertCall(database, new Date());
    await insertCall(database, new Date(first.getTime() + 1e12));
    expect((await keep(database, first)).postponed).toEqual(['event', 'event_context', 'email']);
    await insertCall(database, first);
    expect(await partitions(database)).toEqual(of({ '': 1, [monthName(first, 0)]: 2 }));
  });
});

it('drops a month after its retention, except while an event or a mail in it still has work', async () => {
  await inDatabase(createTestDatabase(), async (database) => {
    const first = monthAfter(new Date());
    const days = (month: number, day: number) =>
      new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + month, day));
    const event = await insertCall(database, days(-1, 20), 'queued');
    await insertCall(database, days(0, 5));
    await keep(database, days(0, 6));
    await insertCall(database, days(1, 20));
    await database.rows('insert into outbox values ($1)', [event]);
    // The last row of the first partition is not three months old yet, then it is.
    expect(await keep(database, days(2, 10), 3)).toEqual({ dropped: [], postponed: [] });
    expect((await keep(database, days(2, 25), 3)).dropped).toEqual([]);
    const late = days(3, 2);
    expect((await keep(database, late, null)).dropped).toEqual([]);
    expect((await keep(database, late, 3)).dropped).toEqual(['history.event_context']);
    await database.rows('delete from outbox');
    expect((await keep(database, late, 3)).dropped).toEqual(['history.event']);
    await database.rows(`update email set status = 'sent'`);
    expect((await keep(database, late, 3)).dropped).toEqual(['history.email']);
    expect(await database.rows('select from event')).toHaveLength(2);
    expect(await database.rows('select from email')).toHaveLength(2);
    await insertCall(database, late);
  });
});

it('drops a month of contexts when the retention of its portals has emptied it', async () => {
  await inDatabase(createTestDatabase(), async (database) => {
    const first = monthAfter(new Date());
    await insertCall(database, new Date());
    await database.rows('delete from event_context');
    expect((await keep(database, new Date(first.getTime() - 1))).dropped).toEqual([]);
    expect((await keep(database, first)).dropped).toEqual(['history.event_context']);
  });
});

const monthName = (first: Date, month: number): string =>
  new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + month, 1))
    .toISOString()
    .slice(0, 7)
    .replace('-', '_');

it('every partition accepts events of operators and mails to them after the migration', async () => {
  await inDatabase(createEmptyDatabase(), async (it) => {
    await migratedTo(it.url, '20261128070000_partitions');
    for (const day of ['2026-11-10', '2026-12-10']) {
      await insertCall(it, on(day));
      await keep(it, on(day));
    }
    await migrate({ databaseUrl: it.url });
    for (const day of ['2026-11-20', '2026-12-20', '2027-01-20']) {
      const id = idFrom(on(day)).replace(/0{12}$/, '999999999999');
      await it.rows(
        `insert into event (id, name, actor_kind, resource_type, resource_id, occurred_at)
         values ($1, 'operator.invited', 'operator', 'operator', 'o', now())`,
        [id],
      );
      await it.rows(
        `insert into email (id, event_id, kind, "to", subject, data, message_id, status, queued_at, due_at, created_at)
         values ($1, $1, 'operator_invitation', 'grace@example.org', 's', '{}', 'm', 'sent', now(), now(), now())`,
        [id],
      );
    }
    const unchecked = await it.rows(
      `select conrelid::regclass as part, conname from pg_constraint where conname like 'event_%_check' and not convalidated`,
    );
    expect(unchecked).toEqual([]);
  });
});
