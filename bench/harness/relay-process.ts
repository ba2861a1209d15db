import { createOrm } from '@gatehouse/db/orm';
import { connectQueues } from '@gatehouse/queue/queues';
import { runRelay } from '@gatehouse/worker/relay/outbox-relay';
import { pino } from 'pino';
import { z } from 'zod';

const Settings = z.strictObject({ databaseUrl: z.string(), redisUrl: z.string().nullable() });
export type RelaySettings = z.infer<typeof Settings>;

const Payload = z.object({ deletions: z.array(z.string()) });

/** The relay and the queue of the worker, with a handler that only notes when it got each record. */
async function main(settings: RelaySettings): Promise<void> {
  const log = pino({ level: 'warn' });
  const handled: [id: string, time: number][] = [];
  const { em } = createOrm({ databaseUrl: settings.databaseUrl });
  const queues = await connectQueues({ ...settings, log });
  await queues.worker('erase-developer', ({ data }) => {
    for (const id of Payload.parse(data).deletions) handled.push([id, performance.timeOrigin + performance.now()]);
    return Promise.resolve();
  });
  process.on('message', () => process.send?.(handled.splice(0)));
  process.send?.({});
  await runRelay({ em, queues, databaseUrl: settings.databaseUrl, log }, new AbortController().signal);
}

const usage = 'Started by npm run bench: the relay and the queue of the worker, with a handler that does nothing.';

if (import.meta.main) {
  const [argument = '--help'] = process.argv.slice(2);
  process.on('disconnect', () => process.exit(0));
  if (argument === '--help') process.stdout.write(`${usage}\n`);
  else await main(Settings.parse(JSON.parse(argument)));
}
