import { Connection } from '@gatehouse/postgres/connection';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { PoolClient, QueryResult } from 'pg';
import { keepPrepared } from '@gatehouse/postgres/prepared';
import { changesOf, type Query } from './changes.ts';
import { NOTIFIES_AFTER_COMMIT } from './notifying-trigger.ts';

type Waiting = { query: Query; resolve: (result: QueryResult) => void; reject: (error: unknown) => void };

/**
 * Runs `run` in a transaction with few round trips: `begin` travels with the first statement, statements that are issued
 * at the same time travel together, and the changes of the entities travel with `commit`.
 */
export async function transaction<T>(em: EntityManager, run: (em: EntityManager) => Promise<T>): Promise<T> {
  const fork = em.fork();
  const open = new Transaction(async () => (await em.getConnection().getNativeClient()).connect());
  fork.setTransactionContext(open);
  try {
    const result = await run(fork);
    await open.commit(changesOf(fork)).catch((error: Error) => {
      throw em.getDriver().convertException(error);
    });
    return result;
  } catch (error) {
    await open.rollback();
    throw error;
  }
}

/**
 * Notifies the listeners of a channel after the commit of this transaction, instead of the trigger that would do so. PostgreSQL
 * commits one transaction with a notification at a time, and the others wait until that commit is on disk. A separate
 * notification does not wait for the disk. It is lost if the process dies in between, so listeners must also poll.
 */
export function notifyAfterCommit(em: EntityManager, channel: string, payload: string): void {
  const open: unknown = em.getTransactionContext();
  if (open instanceof Transaction) open.notify(channel, payload);
}

/** The triggers do not notify in a transaction with this setting. */
const SILENCE: Query = { sql: `select set_config('${NOTIFIES_AFTER_COMMIT}', 'on', true)`, parameters: [] };

const NOTIFY = `select set_config('synchronous_commit', 'off', true), pg_notify(channel, payload)
  from unnest($1::text[], $2::text[]) as notification (channel, payload)`;

keepPrepared('transaction.silence', SILENCE.sql);
keepPrepared('transaction.notify', NOTIFY);

/** Whether the transaction of `em` has changed a row, or will at its commit. */
export function hasChanges(em: EntityManager): boolean {
  const open: unknown = em.getTransactionContext();
  if (open instanceof Transaction && open.hasWritten) return true;
  const work = em.getUnitOfWork();
  work.computeChangeSets();
  return work.getChangeSets().length > 0 || work.getRemoveStack().size > 0;
}

/** MikroORM calls `executeQuery`, as on a transaction of Kysely. */
export class Transaction {
  readonly #connect: () => Promise<PoolClient>;
  #client: (PoolClient & Connection) | undefined;
  #waiting: Waiting[] = [];
  #deferred: Query[] = [];
  readonly #notifications: { channel: string; payload: string }[] = [];
  #sending: Promise<unknown> = Promise.resolve();
  #isOver = false;
  #hasWritten = false;

  constructor(connect: () => Promise<PoolClient>) {
    this.#connect = connect;
  }

  /** True if a statement has changed a row, or if a deferred one may. The changes of the entities do not count. */
  get hasWritten(): boolean {
    return this.#hasWritten || this.#deferred.length > 0;
  }

  async executeQuery(query: Query): Promise<{ rows: unknown[]; numAffectedRows: bigint }> {
    if (this.#isOver) throw new Error('the transaction is over');
    const { promise, resolve, reject } = Promise.withResolvers<QueryResult>();
    if (this.#waiting.length === 0) this.#sending = this.#sending.then(nextTick).then(() => this.#send());
    this.#waiting.push({ query, resolve, reject });
    const { rows, rowCount, command } = await promise;
    if ((rowCount ?? 0) > 0 && writes(query.sql, command)) this.#hasWritten = true;
    return { rows, numAffectedRows: BigInt(rowCount ?? 0) };
  }

  /** Sends the statement with the commit, before the changes of the entities. */
  defer(query: Query): void {
    this.#deferred.push(query);
  }

  notify(channel: string, payload: string): void {
    this.#notifications.push({ channel, payload });
  }

  async commit(changes: Query[]): Promise<void> {
    this.#isOver = true;
    await this.#sending;
    const silence = this.#notifications.length > 0 ? [SILENCE] : [];
    const last = [...silence, ...this.#deferred, ...changes];
    if (!this.#client && last.length === 0) return;
    await this.#batch(last, { commits: true });
    this.#client?.release();
  }

  async rollback(): Promise<void> {
    this.#isOver = true;
    await this.#sending;
    const client = this.#client;
    if (!client) return;
    try {
      if (client.getTransactionStatus() !== 'I') await client.query('rollback');
      client.release();
    } catch {
      client.release(true);
    }
  }

  async #send(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      const results = await this.#batch(
        waiting.map(({ query }) => query),
        { commits: false },
      );
      results.forEach((result, index) => waiting[index]?.resolve(result));
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }

  async #batch(queries: Query[], { commits }: { commits: boolean }): Promise<QueryResult[]> {
    const begins = !this.#client;
    const client = (this.#client ??= checked(await this.#connect()));
    const statements = queries.map(({ sql, parameters }) => ({ text: sql, values: parameters }));
    return client.batch({ begins, statements, commits, afterwards: commits ? this.#notification() : undefined });
  }

  #notification() {
    const all = this.#notifications;
    if (all.length === 0) return undefined;
    return { text: NOTIFY, values: [all.map(({ channel }) => channel), all.map(({ payload }) => payload)] };
  }
}

const WRITE = /\b(insert into|delete from|merge into|(?<!for |key )update)\b/i;

/** A select writes if one of its common table expressions does. */
const writes = (sql: string, command: string): boolean => command !== 'SELECT' || WRITE.test(sql);

/** Lets everything run that can run now, so that its statements travel together. */
const nextTick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

function checked(client: PoolClient): PoolClient & Connection {
  if (client instanceof Connection) return client;
  throw new Error('the pool has other connections than ours');
}
