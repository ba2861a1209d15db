import { migrate } from '@gatehouse/db/migrate';
import { NEEDS_DIRECT_URL, sharesConnections } from '@gatehouse/postgres/pooler';
import { prepareQueue } from '@gatehouse/queue/postgres-backend';
import { StartError } from '@gatehouse/process/start-error';

type Options = { databaseUrl: string; log?: (line: string) => void };

/** Brings a database up to date: our schema, and the queue's, which goes unused where Redis carries the queue. */
export async function prepareDatabase({ databaseUrl, log }: Options): Promise<void> {
  if (await sharesConnections(databaseUrl)) throw new StartError(NEEDS_DIRECT_URL);
  await migrate({ databaseUrl, ...(log ? { log } : {}) });
  await prepareQueue(databaseUrl);
}
