import { assertSchemaCompatibility, createPostgresBackend, isPgPool, runMigrations } from 'bullmq';
import { Connection } from '@gatehouse/postgres/connection';
import type { Backend } from './backend.ts';
import { handOutProbe, openQueuePool, type QueuePoolOptions, SCHEMA } from './postgres-pool.ts';

/** The queue on PostgreSQL. Does not connect yet: `ping` shows whether the queue works. */
export function openPostgresBackend(options: QueuePoolOptions): Backend {
  const pool = openQueuePool(options);
  // BullMQ declares its own, narrower pool types, which the types of pg do not match.
  if (!isPgPool(pool)) throw new Error('BullMQ does not support this version of pg.');
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
