import { watchRuns, type Run } from '@gatehouse/db/statement';
import type { CoreTest } from './core-test.ts';

/** Inserts so many developers that PostgreSQL does not start a search from their table. */
export async function crowd(test: CoreTest, portal_id: string): Promise<void> {
  await test.rows(
    `insert into developer (id, portal_id, developer_id, username, username_key, name, state, provider, created_at, updated_at)
     select gen_random_uuid(), ?, n, n, n, n, 'Active', 'builtin', now(), now() from generate_series(1, 3000) n returning 1`,
    [portal_id],
  );
  await test.orm().em.fork().execute('vacuum analyze developer');
}

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
  for (const scan of ['seqscan', 'indexscan', 'indexonlyscan']) await client.query(`set local enable_${scan} = off`);
  const plans: string[] = [];
  for (const { text, values } of searches)
    plans.push(JSON.stringify((await client.query(`explain ${text}`, [...values])).rows));
  await client.query('rollback');
  client.release();
  return plans;
}
