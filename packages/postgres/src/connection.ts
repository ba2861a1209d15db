import pg from 'pg';
import { sendBatch, type TransactionPart } from './batch.ts';
import { currentCall } from './call.ts';
import { cancelStatement } from './cancel.ts';
import { type DatabaseAddress, readDatabaseUrl } from './database-url.ts';
import { CallerGone } from './errors.ts';
import { CALL_LIMITS, serverLimits, type StatementLimits } from './limits.ts';
import { isOutdated, prepareAgain, preparedName } from './prepared.ts';
import { watchStatement } from './statement-watch.ts';

export type ConnectionOptions = {
  databaseUrl: string;
  /** Shown in `pg_stat_activity`. */
  name: string;
  /** Null: no limits, as for migrations. */
  limits: StatementLimits | null;
  /** False behind a pooler that shares connections, because the next statement may run where nothing was prepared. */
  prepares?: boolean;
};

/** Milliseconds. */
const CONNECT_PATIENCE = 5000;
/** Milliseconds to close the connection cleanly. */
const END_PATIENCE = 1000;
/** Milliseconds of silence before TCP sends keep-alive probes. It gives up ten seconds later. */
const KEEP_ALIVE = 10_000;

/** Milliseconds between two queries on a connection that only listens. */
const HEARTBEAT = 5000;

const BEGIN = /^(begin|start transaction)\b/;
const LISTEN = /^\s*listen\b/i;
/** These statements end or structure a transaction, so they run even if the caller has disconnected. */
const CONTROL = /^(begin|start transaction|commit|rollback|savepoint|release)\b/;

/**
 * A connection that cannot hang: see `watchStatement`. This class enforces the limits instead of session settings,
 * which a pooler rejects and a hanging server does not enforce. Each transaction sets them on the server as well, so
 * that its locks do not outlive a crashed process.
 */
export class Connection extends pg.Client {
  readonly #address: DatabaseAddress;
  readonly #limits: StatementLimits | null;
  readonly #prepares: boolean;
  #heartbeat: NodeJS.Timeout | undefined;

  constructor({ databaseUrl, name, limits, prepares = true }: ConnectionOptions, types?: pg.CustomTypesConfig) {
    const address = readDatabaseUrl(databaseUrl);
    super({
      ...address,
      application_name: name,
      connectionTimeoutMillis: CONNECT_PATIENCE,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE,
      types,
    });
    this.#address = address;
    this.#limits = limits;
    this.#prepares = prepares;
    // The running statement rejects on its own. Without this listener, a lost connection would end the process.
    this.on('error', () => undefined);
    // The overloads of pg's methods cannot be redeclared, so the methods are replaced at runtime.
    const query: (...given: unknown[]) => unknown = this.query.bind(this);
    Reflect.set(this, 'query', (...given: unknown[]) => this.#guarded(query, given));
    const end: (...given: unknown[]) => unknown = this.end.bind(this);
    Reflect.set(this, 'end', (...given: unknown[]) => {
      const timer = setTimeout(() => this.connection.stream.destroy(), END_PATIENCE);
      this.once('end', () => clearTimeout(timer));
      return end(...given);
    });
  }

  /** Closes the connection. The running statement rejects with `error`. */
  destroy(error: Error): void {
    this.connection.stream.destroy(error);
  }

  /** Runs statements of one transaction in one round trip. */
  async batch({ begins, statements, commits, afterwards }: TransactionPart): Promise<pg.QueryResult[]> {
    const limits = this.#limits ?? CALL_LIMITS;
    const signal = currentCall()?.signal;
    if (signal?.aborted) throw callerGone();
    const { promise: begun, resolve: onBegun } = Promise.withResolvers<void>();
    // Without `begin`, the server would run and keep the statements that were sent with it.
    const cancel = (): Promise<void> => begun.then(() => this.cancel());
    const destroy = (error: Error): void => this.destroy(error);
    const over = watchStatement({ cancel, destroy }, { milliseconds: limits.transaction, signal });
    const named = ({ text, values }: { text: string; values: readonly unknown[] }): pg.QueryConfig => {
      const name = this.#prepares ? preparedName(text) : undefined;
      return { text, values: [...values], ...(name === undefined ? {} : { name }) };
    };
    const parts = { statements: statements.map(named), commits, afterwards: afterwards && named(afterwards) };
    const begin = begins ? { begin: `begin; ${serverLimits(limits)}` } : {};
    // `begin` waits for no lock, so a server that leaves it unanswered is silent, however long the statements may take.
    const patience = { milliseconds: limits.statement, signal: undefined };
    if (begins) void begun.then(watchStatement({ cancel: () => begun, destroy }, patience));
    return settled(
      sendBatch(this, (query) => super.query(query), { ...begin, ...parts, onBegun }),
      over,
    );
  }

  /** Asks the server to cancel the running statement. */
  cancel(): Promise<void> {
    const processID: unknown = Reflect.get(this, 'processID');
    const secretKey: unknown = Reflect.get(this, 'secretKey');
    if (typeof processID !== 'number' || typeof secretKey !== 'number') return Promise.resolve();
    return cancelStatement({ host: this.host, port: this.port, ssl: this.#address.ssl }, { processID, secretKey });
  }

  #guarded(query: (...given: unknown[]) => unknown, given: unknown[]): unknown {
    const text = textOf(given[0]);
    const limits = this.#limits;
    if (limits === null || text === undefined) return query(...given);
    if (LISTEN.test(text)) this.#keepAsking();
    const callback = given.findLast(isCallback);
    const signal = CONTROL.test(text) ? undefined : currentCall()?.signal;
    if (signal?.aborted) return refused(callback);
    const begins = BEGIN.test(text);
    const inside = !begins && this.getTransactionStatus() !== 'I';
    const milliseconds = inside ? limits.transaction : limits.statement;
    const over = watchStatement(this, { milliseconds, signal });
    if (callback) {
      const done = (...outcome: unknown[]): void => void answer(() => callback(...outcome), over);
      return query(...given.with(given.lastIndexOf(callback), done));
    }
    if (begins) return this.#orDestroyed(settled(query(`${text}; ${serverLimits(limits)}`), over));
    return settled(this.#prepared(text, query, given), over);
  }

  /** Prepares an outdated statement again. Inside a transaction it rethrows, because the transaction has failed. */
  async #prepared(text: string, query: (...given: unknown[]) => unknown, given: unknown[]): Promise<unknown> {
    const name = this.#prepares ? preparedName(text) : undefined;
    if (name === undefined) return query(...given);
    try {
      return await query({ name, text, values: given[1] });
    } catch (error) {
      if (!isOutdated(error)) throw error;
      prepareAgain();
      if (this.getTransactionStatus() !== 'I') throw error;
      return query({ name: preparedName(text), text, values: given[1] });
    }
  }

  /** Nothing else is sent on a connection that only listens, so a dead connection would go unnoticed. */
  #keepAsking(): void {
    this.#heartbeat ??= setInterval(() => {
      this.query('select 1').catch(() => undefined);
    }, HEARTBEAT).unref();
    this.once('end', () => clearInterval(this.#heartbeat));
  }

  /** Kysely does not release a connection on which `begin` failed, but the pool drops a closed one. */
  async #orDestroyed(begun: Promise<unknown>): Promise<unknown> {
    try {
      return await begun;
    } catch (error) {
      this.connection.stream.destroy();
      throw error;
    }
  }
}

type Over = () => Promise<void> | undefined;

async function settled<T>(sent: T | Promise<T>, over: Over): Promise<T> {
  try {
    return await sent;
  } finally {
    await over();
  }
}

async function answer(callback: () => unknown, over: Over): Promise<void> {
  await over();
  callback();
}

type Callback = (...outcome: unknown[]) => unknown;

const isCallback = (value: unknown): value is Callback => typeof value === 'function';

/** Undefined for a cursor, which runs many statements. */
function textOf(query: unknown): string | undefined {
  if (typeof query === 'string') return query;
  return typeof query === 'object' && query !== null && 'text' in query && typeof query.text === 'string'
    ? query.text
    : undefined;
}

const callerGone = (): CallerGone => new CallerGone('The caller has disconnected.');

function refused(callback: Callback | undefined): unknown {
  const error = callerGone();
  if (!callback) return Promise.reject(error);
  process.nextTick(callback, error);
  return undefined;
}
