import { migrate } from '@gatehouse/db/migrate';
import { prepareQueue } from '@gatehouse/queue/postgres-backend';

type Options = { databaseUrl: string; log?: (line: string) => void };

/** Brings a database up to date: our schema, and the queue's, which goes unused where Redis carries the queue. */
export async function prepareDatabase({ databaseUrl, log }: Options): Promise<void> {
  await migrate({ databaseUrl, ...(log ? { log } : {}) });
  await prepareQueue(databaseUrl);
}
