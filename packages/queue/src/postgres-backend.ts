import { assertSchemaCompatibility, createPostgresBackend, isPgPool, runMigrations } from 'bullmq';
import pg from 'pg';
import type { Backend, Log } from './backend.ts';
import { sparing } from './sparing.ts';

/** A connection pool for BullMQ must live in this schema: it cannot be told of another. */
const SCHEMA = 'bullmq';
/** Connections of one process: one that listens for each worker, the rest for the jobs at work, which are short. */
const POOL_SIZE = 12;
/** Milliseconds. */
const CONNECT_TIMEOUT = 5000;

/** The queue on the database itself. Makes no promise that it answers: `ping` tells. */
export function openPostgresBackend(databaseUrl: string, log: Log): Backend {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    options: `-c search_path=${SCHEMA}`,
    keepAlive: true,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    application_name: 'gatehouse-queue',
  });
  // BullMQ brings its own, narrower types of a pool, which those of pg do not fit.
  if (!isPgPool(pool)) throw new Error('BullMQ does not take this version of pg.');
  const warn = sparing((error: Error) =>
    log.warn({ reason: error.message }, 'the queue has lost a connection to PostgreSQL'),
  );
  // A connection that the server drops, idle or in use: without a listener either would end the process.
  pool.on('error', warn);
  pool.on('connect', (client) => client.on('error', warn));
  return {
    connection: pool,
    create: (name, options, kind) => createPostgresBackend(name, { ...options, connection: pool }, kind),
    async ping() {
      const client = await pool.connect();
      try {
        await assertSchemaCompatibility(client, SCHEMA);
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}

/**
 * Makes or upgrades BullMQ's own schema. Part of every migration of the database, also where the queue is on Redis: the
 * choice may change. Idempotent; any number of processes may call it at once, BullMQ holds a lock of its own meanwhile.
 */
export async function prepareQueue(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_TIMEOUT });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await runMigrations(client, SCHEMA);
  } finally {
    await client.end();
  }
}
