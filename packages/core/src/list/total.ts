import { TOTAL_CAP } from '@gatehouse/contract/page';
import { rowsOf, sure } from '@gatehouse/db/statement';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import type { Fragment } from './list.ts';

export type Total = { total: number; total_capped?: true };

type Rows = { from: string; filter: Fragment; exactTotal: Fragment | undefined; isSearch: boolean };

const Exact = z.object({ n: z.string().nullable() });
const Capped = z.object({ n: sure(z.string(), 'a count') });

/** Sums counters if they know the total, and otherwise counts the rows up to a limit. */
export async function readTotal(em: EntityManager, { from, filter, exactTotal, isSearch }: Rows): Promise<Total> {
  if (exactTotal) {
    const [exact] = await rowsOf(em, { row: Exact, sql: `select ${exactTotal.sql} as n`, params: exactTotal.params });
    if (exact && exact.n !== null) return { total: Number(exact.n) };
  }
  const [capped] = await rowsOf(em, {
    row: Capped,
    isSearch,
    sql: `select count(*) as n from (select 1 from ${from} where ${filter.sql} limit ?) as capped`,
    params: [...filter.params, TOTAL_CAP + 1],
  });
  const n = Number(capped?.n ?? 0);
  return n > TOTAL_CAP ? { total: TOTAL_CAP, total_capped: true } : { total: n };
}
