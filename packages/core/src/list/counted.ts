import type { CountedTable } from '@gatehouse/db/counters';
import { allOf, equals, fragment, type Fragment } from './list.ts';

/** The sum of a table's counters with these keys. A counter with any value matches a key that is undefined. */
export function counted(table: CountedTable, keys: Record<string, string | undefined>): Fragment {
  const where = Object.entries(keys).flatMap(([column, value]) => equals(column, value));
  return fragment(
    `(select coalesce(sum(n), 0)::bigint from ${table}_count where ${allOf(where)})`,
    ...where.flatMap(({ params }) => params),
  );
}
