import pg from 'pg';
import { currentCall, type Lane } from './call.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import { CallerGone, DatabaseUnavailable, PoolBusy } from './errors.ts';
import { createLane, type LanePart } from './lane.ts';

export type PoolOptions = ConnectionOptions & {
  size: number;
  /** Prepares a new connection. */
  prepare?: (client: pg.ClientBase) => Promise<unknown>;
};

/** For a pool that a library creates. Call `guardPool` on that pool as well. */
export const poolConfig = ({ size, prepare, ...options }: PoolOptions): pg.PoolConfig => ({
  max: size,
  connectionTimeoutMillis: options.limits?.connection ?? 0,
  ...(prepare ? { verify: (client, done) => void prepared(prepare(client), done) } : {}),
  Client: class extends Connection {
    constructor(given: pg.ClientConfig = {}) {
      super(options, given.types);
    }
  },
});

async function prepared(preparing: Promise<unknown>, done: (error?: Error) => void): Promise<void> {
  try {
    await preparing;
    done();
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)));
  }
}

/** A pool whose connections cannot hang and whose wait for a connection is bounded. */
export function openPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool(poolConfig(options));
  guardPool(pool);
  return pool;
}

/** Unlike `pool.query`, stays in the lane of the call and runs a text that has a name as a prepared statement. */
export async function queryPool<Row extends object>(
  pool: pg.Pool,
  text: string,
  values: readonly unknown[],
): Promise<pg.QueryResult<Row>> {
  const client = await pool.connect();
  try {
    return await client.query<Row>(text, [...values]);
  } finally {
    client.release();
  }
}

/** Lists may occupy four of ten connections and changes five, so that short calls always find one. */
const lanesOf = (size: number): Record<Lane, LanePart> => ({
  list: createLane(Math.max(1, Math.floor(size * 0.4))),
  change: createLane(Math.max(1, Math.floor(size * 0.5))),
});

export function guardPool(pool: pg.Pool): void {
  const { max, connectionTimeoutMillis: patience = 0 } = pool.options;
  // A lost idle connection is replaced when the next one is needed.
  pool.on('error', () => undefined);
  pool.on('connect', releaseWhenLost);
  dropSilent(pool);
  const connect = pool.connect.bind(pool);
  const lanes = lanesOf(max);
  const guarded = async (): Promise<pg.PoolClient> => {
    const call = currentCall();
    const lane = call?.lane === undefined ? undefined : lanes[call.lane];
    if (call?.signal.aborted) throw new CallerGone('The caller has disconnected.');
    if (call) await lane?.enter({ caller: call.caller, patience, signal: call.signal });
    try {
      const client = await connect();
      if (lane) onceReleased(client, () => lane.leave(call?.caller));
      if (!call?.signal.aborted) return client;
      client.release();
    } catch (error) {
      lane?.leave(call?.caller);
      throw unavailable(error);
    }
    throw new CallerGone('The caller has disconnected.');
  };
  type Done = (error: Error | undefined, client?: pg.PoolClient, release?: (error?: unknown) => void) => void;
  Reflect.set(pool, 'connect', (done?: Done) => {
    if (!done) return guarded();
    connect((error, client, release) => done(error && unavailable(error), client, release));
    return undefined;
  });
}

function unavailable(error: unknown): Error {
  if (error instanceof Error && error.message === 'timeout exceeded when trying to connect')
    return new PoolBusy('All connections are busy.', { cause: error });
  return new DatabaseUnavailable('The database is unreachable.', { cause: error });
}

function onceReleased(client: pg.PoolClient, released: () => void): void {
  const { release } = client;
  let isReleased = false;
  client.release = (error) => {
    if (!isReleased) released();
    isReleased = true;
    release.call(client, error);
  };
}

/**
 * Returns connections to the pool that the server dropped in the middle of a transaction. Kysely releases a connection
 * only after a successful commit or rollback, which a dead connection never has, so the pool would run out.
 */
function releaseWhenLost(client: pg.PoolClient): void {
  client.on('end', () => {
    const { release } = client;
    // The holder may release it again later.
    client.release = () => undefined;
    try {
      release.call(client, true);
    } catch {
      // The connection was already released.
    }
  });
}

/** When one connection stops responding, idle ones are probably dead too, and each would cost a caller its timeout. */
function dropSilent(pool: pg.Pool): void {
  const idle = new Set<pg.PoolClient>();
  pool.on('acquire', (client) => idle.delete(client));
  pool.on('release', (_error, client) => idle.add(client));
  pool.on('remove', (client) => idle.delete(client));
  pool.on('connect', (client) => {
    client.on('error', (error) => {
      if (!(error instanceof DatabaseUnavailable)) return;
      for (const other of idle) {
        idle.delete(other);
        if (other instanceof Connection) other.destroy(error);
      }
    });
  });
}
