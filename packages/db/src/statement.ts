import { queryPool } from '@gatehouse/postgres/pool';
import { keepPrepared, prepareAtMost } from '@gatehouse/postgres/prepared';
import type { EntityManager } from '@mikro-orm/postgresql';
import { CompiledQuery } from 'kysely';
import { z } from 'zod';
import { Transaction } from './transaction.ts';

/** The JavaScript type of each parameter type. */
type ParameterTypes = {
  bigint: number;
  boolean: boolean;
  'double precision': number;
  integer: number;
  'integer[]': readonly number[];
  jsonb: string;
  text: string;
  'text[]': readonly (string | null)[];
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
    return (await execute<z.output<R>>(em, this, values)).rows;
  }

  async first(em: EntityManager, values: Values<P>): Promise<z.output<R> | undefined> {
    return (await this.all(em, values))[0];
  }

  /** Returns how many rows it changed. */
  async run(em: EntityManager, values: Values<P>): Promise<number> {
    return (await execute(em, this, values)).changed;
  }

  /** Runs with the commit, and costs no round trip. Only for rows that nothing reads before the commit. */
  atCommit(em: EntityManager, values: Values<P>): void {
    for (const watch of watchers) watch({ text: this.text, params: this.params, row: this.row, values });
    const open: unknown = em.getTransactionContext();
    if (!(open instanceof Transaction)) throw new Error(`${this.name} runs at the commit of no transaction`);
    open.defer({ sql: this.text, parameters: values });
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

/** The schema of rows of this type. */
export type RowOf<Row> = z.ZodObject & z.ZodType<Row>;

type Composed<Row> = { row: RowOf<Row>; sql: string; params: readonly unknown[]; prepare?: boolean };

const prepareComposed = prepareAtMost(100);

/**
 * Runs a text that is composed of fragments. `prepare` keeps it prepared under a name made of the text. Without it,
 * PostgreSQL plans for the values of each call, which a search and filters by rare values need. The tests of core check
 * every composed text that they run.
 */
export async function rowsOf<Row extends object>(
  em: EntityManager,
  { row, sql, params, prepare = true }: Composed<Row>,
): Promise<Row[]> {
  const text = numbered(sql);
  if (prepare) prepareComposed(text);
  return (await execute<Row>(em, { text, row }, params)).rows;
}

/** Replaces each `?` by `$1`, `$2`, … */
export function numbered(text: string): string {
  let count = 0;
  return text.replaceAll('?', () => {
    count += 1;
    return `$${String(count)}`;
  });
}

/** `params` undefined: a composed text. */
export type Run = { text: string; values: readonly unknown[]; row: z.ZodObject; params?: Parameters };

const watchers = new Set<(run: Run) => void>();

/** For tests: `watch` sees each statement that runs, until the function that is returned is called. */
export function watchRuns(watch: (run: Run) => void): () => void {
  watchers.add(watch);
  return () => watchers.delete(watch);
}

type Outcome<Row> = { rows: Row[]; changed: number };

function execute<Row extends object>(
  em: EntityManager,
  asked: Omit<Run, 'values'>,
  values: readonly unknown[],
): Promise<Outcome<Row>> {
  for (const watch of watchers) watch({ ...asked, values });
  return send<Row>(em, asked.text, values);
}

/** Runs in the transaction of `em`, or else on a pooled connection without the layers of the ORM. */
export async function send<Row extends object>(
  em: EntityManager,
  text: string,
  values: readonly unknown[],
): Promise<Outcome<Row>> {
  try {
    if (!em.isInTransaction()) {
      const { rows, rowCount } = await queryPool<Row>(await em.getConnection().getNativeClient(), text, values);
      return { rows, changed: rowCount ?? 0 };
    }
    const { rows, numAffectedRows } = await em.getKysely().executeQuery<Row>(CompiledQuery.raw(text, [...values]));
    return { rows, changed: Number(numAffectedRows ?? 0) };
  } catch (error) {
    throw error instanceof Error ? em.getDriver().convertException(error) : error;
  }
}
