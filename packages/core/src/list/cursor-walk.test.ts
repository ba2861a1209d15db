import { newId } from '@gatehouse/db/columns';
import { NO_PROGRESS } from '@gatehouse/db/entities/deletion.entity';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { listDeletions } from '../deletion/list-deletions.ts';
import { listDevelopers } from '../developer/list-developers.ts';
import type { UseCase } from '../kernel/use-case.ts';
import { listSubscriptions } from '../subscription/list-subscriptions.ts';
import { admin, coreTest, portalToken } from '../testing/core-test.ts';
import { publish } from '../testing/subscribers.ts';

const test = coreTest();

const Page = z.object({
  list: z.array(z.object({ id: z.string() })),
  total: z.int(),
  next_cursor: z.string().nullish(),
});

/** A developer with one subscription. Few different values, so that many keys are equal. */
const few = fc.nat({ max: 2 });
const Given = fc.record({
  created_at: few,
  last_active_at: fc.option(few),
  subscribed_at: fc.option(few),
  name: few,
});
type Row = Record<'id' | 'developer', string> &
  Record<'created_at' | 'last_active_at' | 'subscribed_at' | 'name', number | null>;

const FILL = `
  with given as materialized (
    select * from jsonb_to_recordset(?) as r (id uuid, developer uuid, created_at int, last_active_at int, subscribed_at int, name text)),
  developers as (
    insert into developer (id, portal_id, developer_id, username, username_key, name, state, provider, labels,
      last_active_at, created_at, updated_at)
    select developer, ?, developer, developer, developer, name, 'Active', 'builtin', '{"k": "v"}',
      timestamptz '2026-01-01' + last_active_at * interval '1 day', timestamptz '2026-01-01' + created_at * interval '1 day', now()
    from given returning id, portal_id),
  applications as (
    insert into application (id, developer_uid, portal_id, name, created_at, updated_at)
    select id, id, portal_id, 'a', now(), now() from developers returning id, portal_id)
  insert into subscription (id, developer_uid, application_id, portal_id, api_product_id, status, subscribed_at, created_at)
  select given.id, developer, a.id, a.portal_id, ?, 'subscribed', timestamptz '2026-01-01' + subscribed_at * interval '1 day', now()
  from given join applications a on a.id = developer returning 1`;

type Walked = { list: UseCase; id: 'id' | 'developer'; order_by: string; key: keyof Row; filters: object[] };
const developers = {
  list: listDevelopers,
  id: 'developer' as const,
  filters: [{}, { state: 'Active' }, { invited: false }, { labels: { k: 'v' } }],
};
const subscriptions = {
  list: listSubscriptions,
  id: 'id' as const,
  filters: [{}, { status: ['subscribed'] }, { search: 'Weather' }],
};
const ORDERS: Walked[] = [
  { ...developers, order_by: 'created_at', key: 'created_at' },
  { ...developers, order_by: 'last_active_at', key: 'last_active_at' },
  { ...developers, order_by: 'username', key: 'developer' },
  { ...subscriptions, order_by: 'subscribed_at', key: 'subscribed_at' },
  { ...subscriptions, order_by: 'developer_name', key: 'name' },
];

/** Nulls are last in both directions. */
function sorted(rows: Row[], { key, id }: Walked, direction: string): string[] {
  const sign = direction === 'asc' ? 1 : -1;
  const compare = (a: number | string, b: number | string) => (a < b ? -sign : a > b ? sign : 0);
  return rows
    .toSorted((a, b) => {
      const [x, y] = [a[key], b[key]];
      if (x === null || y === null) return x === y ? compare(a[id], b[id]) : x === null ? 1 : -1;
      return compare(x, y) || compare(a[id], b[id]);
    })
    .map((row) => row[id]);
}

/** Reads all pages of a list. `between` runs after each page. */
async function walk(read: (asked: object) => Promise<unknown>, between: (page: number) => Promise<unknown>) {
  const ids: string[] = [];
  let cursor: string | null | undefined = '';
  for (let page = 0; typeof cursor === 'string' && page < 100; page += 1) {
    const { list, next_cursor } = Page.parse(await read({ cursor }));
    ids.push(...list.map(({ id }) => id));
    cursor = next_cursor;
    await between(page);
  }
  expect(cursor).toBeNull();
  return ids;
}

it.each(ORDERS)(
  'cursors by $order_by return each record once and in order while others are deleted',
  async (walked) => {
    const portal_id = await test.portal();
    const product = await publish(test, portal_id);
    const context = test.as(walked.list === listDevelopers ? admin() : portalToken(portal_id));
    const property = fc.asyncProperty(
      fc.array(Given, { maxLength: 12 }),
      fc.constantFrom(...walked.filters),
      fc.record({
        direction: fc.constantFrom('asc', 'desc'),
        page_size: fc.integer({ min: 1, max: 5 }),
        deleted: fc.array(fc.nat(), { maxLength: 4 }),
      }),
      async (given, filters, { deleted, ...asked }) => {
        await test.rows('delete from developer where portal_id = ? returning 1', [portal_id]);
        const rows: Row[] = given.map((values) => ({ ...values, id: newId(), developer: newId() }));
        await test.rows(FILL, [JSON.stringify(rows), portal_id, product]);
        const gone = new Set<string>();
        const found = await walk(
          (more) =>
            walked.list.execute(context, { ...filters, ...asked, ...more, portal_id, order_by: walked.order_by }),
          async (page) => {
            const victim = rows[(deleted[page] ?? rows.length) % (rows.length + 1)];
            if (!victim || deleted[page] === undefined) return;
            gone.add(victim[walked.id]);
            await test.rows('delete from developer where id = ? returning 1', [victim.developer]);
          },
        );
        const expected = sorted(rows, walked, asked.direction);
        expect(found).toEqual(expected.filter((id) => found.includes(id)));
        expect(expected.filter((id) => !found.includes(id) && !gone.has(id))).toEqual([]);
      },
    );
    await fc.assert(property, { numRuns: 40 });
  },
);

/** The newest 20,500 deletions have completed, and the oldest 10,500 are running. */
const DELETIONS = `
  insert into deletion (id, portal_id, developer_id, username, cause, status, progress, due_at, requested_at)
  select gen_random_uuid(), ?, 'd', 'd', 'deleted', case when n > 20500 then 'running' else 'completed' end, ?::jsonb, now(),
    timestamptz '2026-01-01' - n / 3 * interval '1 minute'
  from generate_series(1, 31000) n returning id, status`;

it('returns the first of many records that stand at the end of the order', async () => {
  const portal_id = await test.portal();
  await test.rows(DELETIONS, [portal_id, JSON.stringify(NO_PROGRESS)]);
  const expected = await test.rows<{ id: string }>(
    `select id from deletion where portal_id = ? and status = 'running' order by requested_at desc, id desc limit 30`,
    [portal_id],
  );
  const asked = { portal_id, status: 'running' as const, page_size: 10 };
  const found: string[] = [];
  let cursor = '';
  for (let page = 0; page < 3; page += 1) {
    const read = Page.parse(await listDeletions.execute(test.as(admin()), { ...asked, cursor }));
    found.push(...read.list.map(({ id }) => id));
    cursor = read.next_cursor ?? '';
    expect(read).toMatchObject({ total: 10_000 });
  }
  expect(found).toEqual(expected.map(({ id }) => id));
  const third = Page.parse(await listDeletions.execute(test.as(admin()), { ...asked, page: 3 }));
  expect(third.list.map(({ id }) => id)).toEqual(found.slice(20));
  const oldest = Page.parse(await listDeletions.execute(test.as(admin()), { ...asked, direction: 'asc' }));
  expect(oldest.list).toHaveLength(10);
});
