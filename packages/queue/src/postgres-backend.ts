import { assertSchemaCompatibility, createPostgresBackend, isPgPool, runMigrations } from 'bullmq';
import { Connection } from '@gatehouse/postgres/connection';
import { WORK_LIMITS } from '@gatehouse/postgres/limits';
import { openPool } from '@gatehouse/postgres/pool';
import type { Backend, Log } from './backend.ts';
import { throttled } from './throttled.ts';

/** BullMQ finds its schema through the search path. This name is fixed when it gets a connection pool. */
const SCHEMA = 'bullmq';

type Options = {
  /** Must lead to PostgreSQL itself or to a session-mode pooler, because workers use `listen`. */
  databaseUrl: string;
  poolSize: number;
  log: Log;
};

/** The queue on PostgreSQL. Does not connect yet: `ping` shows whether the queue works. */
export function openPostgresBackend({ databaseUrl, poolSize, log }: Options): Backend {
  const pool = openPool({
    databaseUrl,
    name: 'gatehouse-queue',
    limits: WORK_LIMITS,
    size: poolSize,
    // As a connection parameter, poolers would reject the search path.
    prepare: (client) => client.query(`set search_path to ${SCHEMA}`),
  });
  // BullMQ declares its own, narrower pool types, which the types of pg do not match.
  if (!isPgPool(pool)) throw new Error('BullMQ does not support this version of pg.');
  const warn = throttled((error: Error) => log.warn({ reason: error.message }, 'queue connection to PostgreSQL lost'));
  pool.on('error', warn);
  pool.on('connect', (client) => client.on('error', warn));
  return {
    connection: pool,
    create: (name, options, kind) => createPostgresBackend(name, { ...options, connection: pool }, kind),
    async ping() {
      const client = await pool.connect();
      try {
        await assertSchemaCompatibility(client, SCHEMA);
        await handOutProbe(client);
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}

/** Adds a job to a separate queue, takes it, and rolls both back. This detects whatever keeps jobs from running. */
async function handOutProbe(client: Pick<Connection, 'query'>): Promise<void> {
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

/**
 * Creates or upgrades BullMQ's own schema. Every database migration does this, even if the queue is on Redis, because
 * the queue may move to PostgreSQL later. Idempotent, and safe to run concurrently: BullMQ takes a lock.
 */
export async function prepareQueue(databaseUrl: string): Promise<void> {
  const client = new Connection({ databaseUrl, name: 'gatehouse-migrate', limits: null });
  await client.connect();
  try {
    await runMigrations(client, SCHEMA);
  } finally {
    await client.end();
  }
}
