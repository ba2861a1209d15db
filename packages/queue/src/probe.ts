import type { Log } from './backend.ts';
import { handOutProbe, openQueuePool } from './postgres-pool.ts';

export type QueueProbe = {
  /** Rejects unless the backend accepts and hands out a job. */
  ping(): Promise<void>;
  close(): Promise<void>;
};

type Options = { databaseUrl: string; redisUrl: string | null; prefix: string; log: Log };

/** Checks the queue without BullMQ, which takes as long to load as the rest of a process. Does not connect yet. */
export async function openQueueProbe({ databaseUrl, redisUrl, prefix, log }: Options): Promise<QueueProbe> {
  if (redisUrl === null) return probePostgres({ databaseUrl, log });
  const { handOutProbe: handOut, openProducer } = await import('./redis-producer.ts');
  const producer = openProducer({ redisUrl, log });
  return {
    ping: () => handOut(producer, prefix),
    close() {
      producer.disconnect();
      return Promise.resolve();
    },
  };
}

function probePostgres({ databaseUrl, log }: Pick<Options, 'databaseUrl' | 'log'>): QueueProbe {
  const pool = openQueuePool({ databaseUrl, poolSize: 1, log });
  return {
    async ping() {
      const client = await pool.connect();
      try {
        await handOutProbe(client);
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}
