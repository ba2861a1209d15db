import type { CountedTable } from '@gatehouse/db/counters';
import { TOTAL_CAP } from '@gatehouse/contract/page';
import { allOf, fragment, type Fragment } from './fragment.ts';
import type { ExactTotal } from './source.ts';

/** Rows of `table` that counters hold, although lists hide them because their developer has left and is being erased. */
type Hidden = {
  /** The table and its join with the developer `d`. */
  join: string;
  where: Fragment[];
};

type Counted = {
  table: CountedTable;
  /** The name of the table in `where`, which may use only the columns of the counters. */
  as: string;
  where: Fragment[];
  hidden?: Hidden;
};

/**
 * The number of rows, as a bigint from counters. With `hidden`, it is null while so many rows of departing developers await
 * erasure that counting them would take long.
 */
export function counted({ table, as, where, hidden }: Counted): ExactTotal {
  const sum = fragment(
    `(select coalesce(sum(n), 0)::bigint from ${table}_count ${as} where ${allOf(where)})`,
    ...where.flatMap(({ params }) => params),
  );
  if (!hidden) return { total: sum, mayBeNull: false };
  const rows = `select 1 from developer d join ${hidden.join} where d.left_at is not null and ${allOf(hidden.where)}`;
  const total = fragment(
    `(${sum.sql} - nullif((select count(*) from (${rows} limit ?) as hidden), ?))`,
    ...sum.params,
    ...hidden.where.flatMap(({ params }) => params),
    TOTAL_CAP + 1,
    TOTAL_CAP + 1,
  );
  return { total, mayBeNull: true };
}

/** Whether none of these filters is set. */
export const areUnset = (...filters: unknown[]): boolean => filters.every((filter) => filter === undefined);
