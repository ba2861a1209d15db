import type { Connection } from '@gatehouse/postgres/connection';
import { WORK_LIMITS } from '@gatehouse/postgres/limits';
import { openPool } from '@gatehouse/postgres/pool';
import type pg from 'pg';
import type { Log } from './backend.ts';
import { throttled } from './throttled.ts';

/** BullMQ finds its schema through the search path. This name is fixed when it gets a connection pool. */
export const SCHEMA = 'bullmq';

export type QueuePoolOptions = {
  /** Must lead to PostgreSQL itself or to a session-mode pooler, because workers use `listen`. */
  databaseUrl: string;
  poolSize: number;
  log: Log;
};

/** Connections to the queue on PostgreSQL. */
export function openQueuePool({ databaseUrl, poolSize, log }: QueuePoolOptions): pg.Pool {
  const pool = openPool({
    databaseUrl,
    name: 'gatehouse-queue',
    limits: WORK_LIMITS,
    size: poolSize,
    // As connection parameters, poolers would reject these. PostgreSQL commits one transaction with a notification at a time,
    // and each job is one. So that calls do not wait for them, they do not wait for the disk: see decision 0039.
    prepare: (client) => client.query(`set search_path to ${SCHEMA}; set synchronous_commit to off`),
  });
  const warn = throttled((error: Error) => log.warn({ reason: error.message }, 'queue connection to PostgreSQL lost'));
  pool.on('error', warn);
  pool.on('connect', (client) => client.on('error', warn));
  return pool;
}

/** Adds a job to a separate queue, takes it, and rolls both back. This detects whatever keeps jobs from running. */
export async function handOutProbe(client: Pick<Connection, 'query'>): Promise<void> {
  await client.query('begin');
  try {
    await client.query(
      `insert into job (queue, id, seq, name, state, added_at_ms) values ('readiness', 'probe', 0, 'probe', 'waiting', 0)`,
    );
    const { rowCount } = await client.query(
      `select from move_to_active('readiness', 'probe', 1000, 0, null, null, null)`,
    );
    if (rowCount !== 1) throw new Error('The queue did not hand out a job.');
  } finally {
    await client.query('rollback');
  }
}
