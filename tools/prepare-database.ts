import { migrate } from '@gatehouse/db/migrate';
import { NEEDS_DIRECT_URL, sharesConnections } from '@gatehouse/postgres/pooler';
import { prepareQueue } from '@gatehouse/queue/postgres-backend';
import { StartError } from '@gatehouse/process/start-error';

type Options = { databaseUrl: string; log?: (line: string) => void };

/** Applies the migrations of Gatehouse and of the queue, whose schema is unused if the queue is on Redis. */
export async function prepareDatabase({ databaseUrl, log }: Options): Promise<void> {
  if (await sharesConnections(databaseUrl)) throw new StartError(NEEDS_DIRECT_URL);
  await migrate({ databaseUrl, ...(log ? { log } : {}) });
  await prepareQueue(databaseUrl);
}
