import type { Run } from '@gatehouse/db/statement';
import type { MikroORM } from '@mikro-orm/postgresql';
import { z } from 'zod';

type Plan = z.output<typeof Plan>;
const Plan = z.object({
  'Node Type': z.string(),
  'Parent Relationship': z.string().optional(),
  'Subplan Name': z.string().optional(),
  'Relation Name': z.string().optional(),
  'One-Time Filter': z.string().optional(),
  get Plans() {
    return z.array(Plan).optional();
  },
});
const Explained = z.tuple([z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan })]) })]);

/** PostgreSQL plans for a million rows in each table. It sorts or reads a whole table only if no index avoids that. */
const LARGE = `update pg_class set relpages = 1, reltuples = 1000000
  where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace`;
const AVOIDED = ['seqscan', 'sort', 'hashjoin', 'mergejoin', 'bitmapscan'];

/** The tables that a page of a list reads or sorts as a whole to find its ids. */
export async function wholeTables(orm: MikroORM, { text, values }: Run): Promise<string[]> {
  const pool = await orm.em.getConnection().getNativeClient();
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(LARGE);
    for (const path of AVOIDED) await client.query(`set local enable_${path} = off`);
    const { rows } = await client.query(`explain (format json) ${text}`, [...values]);
    const [
      {
        'QUERY PLAN': [{ Plan: plan }],
      },
    ] = Explained.parse(rows);
    return nodesOf(plan)
      .filter((node) => node['Subplan Name'] === 'CTE walked')
      .flatMap(nodesOf)
      .flatMap(problemsOf);
  } finally {
    await client.query('rollback');
    client.release();
  }
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

function problemsOf(plan: Plan): string[] {
  const { 'Node Type': type, 'Relation Name': table } = plan;
  if (type === 'Seq Scan') return [`reads all of ${table ?? ''}`];
  return type.endsWith('Sort') ? sourcesOf(plan).map((name) => `sorts all of ${name}`) : [];
}

/** The tables whose rows reach a node, unless a limit or a count of matches bounds them. */
function sourcesOf({
  'Node Type': type,
  'Relation Name': table,
  'One-Time Filter': condition,
  Plans = [],
}: Plan): string[] {
  if (type === 'Limit' || condition !== undefined) return [];
  const rows = Plans.filter((child) => !['InitPlan', 'SubPlan'].includes(child['Parent Relationship'] ?? ''));
  return [...(table === undefined ? [] : [table]), ...rows.flatMap(sourcesOf)];
}
