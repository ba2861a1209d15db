import { assertSchemaCompatibility, createPostgresBackend, isPgPool, runMigrations } from 'bullmq';
import { Connection } from '@gatehouse/postgres/connection';
import { WORK_LIMITS } from '@gatehouse/postgres/limits';
import { openPool } from '@gatehouse/postgres/pool';
import type { Backend, Log } from './backend.ts';
import { throttled } from './throttled.ts';

/** A connection pool for BullMQ must live in this schema: it cannot be told of another. */
const SCHEMA = 'bullmq';

type Options = {
  /** Must lead to PostgreSQL itself or to a pooler that keeps sessions: workers listen. */
  databaseUrl: string;
  poolSize: number;
  log: Log;
};

/** The queue on the database itself. Makes no promise that it answers: `ping` tells. */
export function openPostgresBackend({ databaseUrl, poolSize, log }: Options): Backend {
  const pool = openPool({
    databaseUrl,
    name: 'gatehouse-queue',
    limits: WORK_LIMITS,
    size: poolSize,
    // A parameter of the connection would do as well, but a pooler refuses it.
    prepare: (client) => client.query(`set search_path to ${SCHEMA}`),
  });
  // BullMQ brings its own, narrower types of a pool, which those of pg do not fit.
  if (!isPgPool(pool)) throw new Error('BullMQ does not take this version of pg.');
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

/** Adds a job to a queue of its own, takes it, and undoes both: what keeps jobs from running fails here. */
async function handOutProbe(client: Pick<Connection, 'query'>): Promise<void> {
  await client.query('begin');
  try {
    await client.query(
      `insert into job (queue, id, seq, name, state, added_at_ms) values ('readiness', 'probe', 0, 'probe', 'waiting', 0)`,
    );
    const { rowCount } = await client.query(
      `select from move_to_active('readiness', 'probe', 1000, 0, null, null, null)`,
    );
    if (rowCount !== 1) throw new Error('The queue does not hand out a job.');
  } finally {
    await client.query('rollback');
  }
}

/**
 * Makes or upgrades BullMQ's own schema. Part of every migration of the database, also where the queue is on Redis: the
 * choice may change. Idempotent; any number of processes may call it at once, BullMQ holds a lock of its own meanwhile.
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
