import { channel } from 'node:diagnostics_channel';
import { keepPrepared } from '@gatehouse/postgres/prepared';
import type { EntityManager } from '@mikro-orm/postgresql';
import { CompiledQuery } from 'kysely';
import { z } from 'zod';

/** The JavaScript type of each parameter type. */
type ParameterTypes = {
  bigint: number;
  boolean: boolean;
  'double precision': number;
  integer: number;
  interval: string;
  jsonb: string;
  text: string;
  'text[]': readonly string[];
  'timestamp with time zone': Date;
  uuid: string;
  'uuid[]': readonly string[];
};
export type Parameters = readonly (keyof ParameterTypes)[];
export type Values<P extends Parameters> = { [Index in keyof P]: ParameterTypes[P[Index]] | null };

type Definition<R extends z.ZodObject, P extends Parameters> = {
  name: string;
  /** Parameters are `?` in order, or `$1`. */
  text: string;
  params: P;
  row: R;
};

/**
 * An SQL text with the types of its parameters and rows. Rows are not parsed at run time; instead,
 * `tools/statements.test.ts` compares the types of every statement with those that PostgreSQL reports.
 *
 * A column is nullable unless PostgreSQL knows better: a plain column with a not-null constraint, from a table that no
 * outer join can leave out. PostgreSQL cannot tell for expressions, so `row` marks those that are never null with
 * `sure` and gives the reason.
 */
export class Statement<R extends z.ZodObject = z.ZodObject, P extends Parameters = Parameters> {
  readonly name: string;
  readonly text: string;
  readonly params: P;
  readonly row: R;

  constructor({ name, text, params, row }: Definition<R, P>) {
    this.name = name;
    this.text = numbered(text);
    this.params = params;
    this.row = row;
  }

  async all(em: EntityManager, values: Values<P>): Promise<z.output<R>[]> {
    return (await execute(em, this, values)).rows;
  }

  async first(em: EntityManager, values: Values<P>): Promise<z.output<R> | undefined> {
    return (await this.all(em, values))[0];
  }

  /** Returns how many rows it changed. */
  async run(em: EntityManager, values: Values<P>): Promise<number> {
    return (await execute(em, this, values)).changed;
  }
}

const statements = new Map<string, Statement>();

/** The statements of all loaded modules. */
export const allStatements = (): Statement[] => [...statements.values()];

const NOTHING = z.object({});

/** Defines a statement that each connection prepares once. */
export function statement<const P extends Parameters, R extends z.ZodObject = typeof NOTHING>(
  definition: Omit<Definition<R, P>, 'row'> & { row: R },
): Statement<R, P>;
export function statement<const P extends Parameters>(
  definition: Omit<Definition<typeof NOTHING, P>, 'row'>,
): Statement<typeof NOTHING, P>;
export function statement(definition: Omit<Definition<z.ZodObject, Parameters>, 'row'> & { row?: z.ZodObject }) {
  const made = new Statement({ row: NOTHING, ...definition });
  if (statements.has(made.name)) throw new Error(`two statements have the name ${made.name}`);
  statements.set(made.name, made);
  keepPrepared(made.name, made.text);
  return made;
}

/** Marks an expression that is never null, with the reason. */
export const sure = <S extends z.ZodType>(schema: S, why: string): S => schema.meta({ sure: why });

const numbered = (text: string): string => {
  let count = 0;
  return text.replaceAll('?', () => `$${String((count += 1))}`);
};

type Run = { text: string; values: readonly unknown[]; row: z.ZodObject };

/** Publishes every executed statement, for tests. */
const runs = channel('gatehouse:statement');

type Outcome<Row> = { rows: Row[]; changed: number };

/** Runs in the transaction of `em`, or else on a pooled connection without the layers of the ORM. */
async function execute<R extends z.ZodObject>(
  em: EntityManager,
  { text, row }: Pick<Statement<R>, 'text' | 'row'>,
  values: readonly unknown[],
): Promise<Outcome<z.output<R>>> {
  runs.publish({ text, values, row } satisfies Run);
  try {
    if (!em.isInTransaction()) return await executeOnPool<z.output<R>>(em, text, values);
    const { rows, numAffectedRows } = await em
      .getKysely()
      .executeQuery<z.output<R>>(CompiledQuery.raw(text, [...values]));
    return { rows, changed: Number(numAffectedRows ?? 0) };
  } catch (error) {
    throw error instanceof Error ? em.getDriver().convertException(error) : error;
  }
}

async function executeOnPool<Row extends object>(
  em: EntityManager,
  text: string,
  values: readonly unknown[],
): Promise<Outcome<Row>> {
  const pool = await em.getConnection().getNativeClient();
  // `pool.query` would bypass the lanes.
  const client = await pool.connect();
  try {
    const { rows, rowCount } = await client.query<Row>(text, [...values]);
    return { rows, changed: rowCount ?? 0 };
  } finally {
    client.release();
  }
}
