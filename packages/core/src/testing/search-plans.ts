import { vi } from 'vitest';
import type { CoreTest } from './core-test.ts';

/** Enough developers that PostgreSQL does not start a search from the table of developers. */
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
  const execute = vi.spyOn(test.orm().em.getConnection(), 'execute');
  await call();
  const searches = execute.mock.calls.flatMap(([sql, params]) =>
    typeof sql === 'string' && sql.includes('search_text') && Array.isArray(params) ? [{ sql, params }] : [],
  );
  execute.mockRestore();
  const plans: string[] = [];
  for (const { sql, params } of searches) plans.push(await planOf(test, sql, params));
  return plans;
}

const planOf = (test: CoreTest, sql: string, params: unknown[]): Promise<string> =>
  test
    .orm()
    .em.fork()
    .transactional(async (em) => {
      // PostgreSQL would not use an index for so few rows.
      for (const scan of ['seqscan', 'indexscan', 'indexonlyscan']) await em.execute(`set local enable_${scan} = off`);
      return JSON.stringify(await em.execute(`explain ${sql}`, params));
    });
