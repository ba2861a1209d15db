import pg from 'pg';
import { z } from 'zod';
import { describeStatement, type Column, type Description } from './describe-statement.ts';

/** One value per column type. Type parsers depend on the pool, so the pool itself parses these values. */
const SAMPLES: Record<string, string> = {
  bigint: '1',
  boolean: 'true',
  'character varying': 'a',
  'double precision': '1.5',
  integer: '1',
  'integer[]': '{1}',
  jsonb: '{}',
  numeric: '1',
  smallint: '1',
  text: 'a',
  'text[]': '{a}',
  'timestamp with time zone': '2026-11-27 14:25:00+00',
  uuid: '01890a5d-ac96-774b-bcce-b302099a8057',
  'uuid[]': '{01890a5d-ac96-774b-bcce-b302099a8057}',
};

/** `params` undefined: a composed text, whose row serves other texts too and may therefore be null more often. */
type Claim = { text: string; row: z.ZodObject; params?: readonly string[] };

/** The differences between a statement and what PostgreSQL reports. `pool`: the pool that the statement runs on. */
export async function statementProblems(pool: pg.Pool, claim: Claim): Promise<string[]> {
  const client = await pool.connect();
  try {
    const described = await describedOrRefused(client, claim.text);
    return typeof described === 'string' ? [described] : await differences(client, claim, described);
  } finally {
    client.release();
  }
}

async function describedOrRefused(client: pg.ClientBase, text: string): Promise<Description | string> {
  try {
    return await describeStatement(client, text);
  } catch (error) {
    if (error instanceof pg.DatabaseError) return error.message;
    throw error;
  }
}

async function differences(
  client: pg.ClientBase,
  { text, row, params }: Claim,
  described: Description,
): Promise<string[]> {
  const names = described.columns.map(({ name }) => name);
  const problems = Object.keys(row.shape).flatMap((name) => (names.includes(name) ? [] : [`no column ${name}`]));
  if (params && params.join() !== described.params.join())
    problems.push(`the parameters are ${described.params.join(', ')}, not ${params.join(', ')}`);
  if (new Set(names).size < names.length) return [`two columns have one name: ${names.join(', ')}`];
  const outer = outerTables(withoutIds(text));
  for (const column of described.columns) {
    const schema = row.shape[column.name];
    problems.push(
      ...(schema
        ? await columnProblems(client, { schema, column, outer, isExact: params !== undefined })
        : [`row is missing the column ${column.name}`]),
    );
  }
  return problems;
}

type Compared = { schema: z.core.$ZodType; column: Column; outer: ReadonlySet<string> | 'any'; isExact: boolean };

async function columnProblems(client: pg.ClientBase, { schema, column, outer, isExact }: Compared): Promise<string[]> {
  const { name, type, table, isNotNull } = column;
  const sample = SAMPLES[type];
  if (sample === undefined) return [`no sample of ${type}, the type of ${name}`];
  const { rows } = await client.query<{ value: unknown }>(`select $1::${type} as value`, [sample]);
  const [claimed, made] = [kindOf(schema), kindOfValue(rows[0]?.value)];
  const fits = claimed === made || (type === 'jsonb' && claimed.startsWith('array of'));
  const problems = fits ? [] : [`${name} is ${made} (${type}), not ${claimed}`];
  const mayLack = outer === 'any' || (table !== null && outer.has(table));
  const isSure = (isNotNull && !mayLack) || sureOf(schema) !== undefined;
  if (isExact && isNullable(schema) && isNotNull && !mayLack) problems.push(`${name} is never null`);
  if (!isNullable(schema) && !isSure) problems.push(`${name} may be null`);
  return problems;
}

/** The text of a list without the queries of its ids and total, of which it selects no column of a table. */
const withoutIds = (text: string): string => text.slice(Math.max(0, text.indexOf(LIST_ROWS)));
const LIST_ROWS = 'select * from (select rows.*';

/** The tables whose columns an outer join can make null; `any` if the text is too complex to tell. */
function outerTables(text: string): ReadonlySet<string> | 'any' {
  if (
    /\b(right|full)\s+(outer\s+)?join\b|\b(union|intersect|except)\b|\b(rollup|cube|grouping\s+sets)\b|\bold\./i.test(
      text,
    )
  )
    return 'any';
  const tables = new Set<string>();
  for (const [, table = ''] of text.matchAll(/\bleft\s+(?:outer\s+)?join\s+(\S+)/gi)) {
    if (!/^[a-z_]+$/.test(table) || table === 'lateral') return 'any';
    tables.add(table);
  }
  return /\bwith\b/i.test(text) && tables.size > 0 ? 'any' : tables;
}

const isNullable = (schema: z.core.$ZodType): boolean => schema instanceof z.ZodNullable;

const sureOf = (schema: z.core.$ZodType): unknown =>
  schema instanceof z.ZodType ? schema.meta()?.['sure'] : undefined;

/** The kind of JavaScript value that a schema accepts. Table constraints check the values of an enumeration. */
function kindOf(schema: z.core.$ZodType): string {
  if (schema instanceof z.ZodNullable) return kindOf(schema.unwrap());
  if (schema instanceof z.ZodArray) return `array of ${kindOf(schema.element)}`;
  const { type } = schema._zod.def;
  switch (type) {
    case 'enum':
    case 'literal':
      return 'string';
    case 'record':
      return 'object';
    default:
      return type;
  }
}

function kindOfValue(value: unknown): string {
  if (Array.isArray(value)) return `array of ${kindOfValue(value[0])}`;
  return value instanceof Date ? 'date' : typeof value;
}
