import { watchRuns, type Run } from '@gatehouse/db/statement';
import type { CoreTest } from './core-test.ts';

/** Inserts so many records that PostgreSQL looks for the few that match in the index of the search. */
export async function crowd(test: CoreTest, portal_id: string): Promise<void> {
  for (const insert of CROWD) await test.rows(`insert into ${insert} returning 1`, [portal_id]);
  await test.orm().em.fork().execute('vacuum analyze developer, application, credential, api_product, subscription');
}

const CROWD = [
  `developer (id, portal_id, developer_id, username, username_key, name, state, provider, created_at, updated_at)
   select gen_random_uuid(), ?, n, n, n, n, 'Active', 'builtin', now(), now() from generate_series(1, 3000) n`,
  `application (id, developer_uid, name, created_at, updated_at)
   select gen_random_uuid(), id, username, now(), now() from developer where portal_id = ?`,
  `credential (id, application_id, type, name, created_at, updated_at)
   select gen_random_uuid(), id, 'key-auth', name, now(), now() from application where portal_id = ?`,
  `api_product (id, portal_id, name, type, status, visibility, created_at, updated_at)
   select gen_random_uuid(), portal, n, 'gateway', 'published', 'public', now(), now()
   from generate_series(1, 3000) n, (select ?::uuid as portal) given`,
  `subscription (id, developer_uid, application_id, api_product_id, status, created_at)
   select gen_random_uuid(), a.developer_uid, a.id, p.id, 'subscribed', now()
   from application a join (select id, portal_id, row_number() over (partition by portal_id) as n from api_product) p using (portal_id)
   where a.portal_id = ? and p.n <= 3`,
];

/** The plans of the call's searches when sequential scans are disabled. */
export async function searchPlans(test: CoreTest, call: () => Promise<unknown>): Promise<string[]> {
  const searches: Run[] = [];
  const unwatch = watchRuns((run) => {
    if (run.text.includes('search_text')) searches.push(run);
  });
  await call();
  unwatch();
  const client = await (await test.orm().em.getConnection().getNativeClient()).connect();
  await client.query('begin');
  // PostgreSQL would not use an index for so few rows.
  await client.query('set local enable_seqscan = off');
  const plans: string[] = [];
  for (const { text, values } of searches)
    plans.push(JSON.stringify((await client.query(`explain ${text}`, [...values])).rows));
  await client.query('rollback');
  client.release();
  return plans;
}
