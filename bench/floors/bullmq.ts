import { connectQueues } from '@gatehouse/queue/queues';
import { z } from 'zod';

const Settings = z.strictObject({ databaseUrl: z.string(), redisUrl: z.string().nullable() });
const Job = z.strictObject({ count: z.number() });

/** The floor B of the queue: BullMQ on the same backend, with one job for each record and an empty handler. */
async function main(settings: z.infer<typeof Settings>): Promise<void> {
  const log = { info: () => undefined, warn: () => undefined };
  const queues = await connectQueues({ ...settings, prefix: '{floor}', log });
  let left = 0;
  let done = (): void => undefined;
  await queues.worker('deliver-email', () => {
    left -= 1;
    if (left === 0) done();
    return Promise.resolve();
  });
  const [queue] = queues.all();
  process.on('message', (message) => {
    const { count } = Job.parse(message);
    left = count;
    done = () => process.send?.({});
    const jobs = Array.from({ length: count }, () => ({ name: 'deliver-email', data: {}, opts: { attempts: 1 } }));
    void queue?.addBulk(jobs);
  });
  process.send?.({});
}

const usage = 'Started by npm run bench: a BullMQ queue with an empty handler.';

if (import.meta.main) {
  const [argument = '--help'] = process.argv.slice(2);
  process.on('disconnect', () => process.exit(0));
  if (argument === '--help') process.stdout.write(`${usage}\n`);
  else await main(Settings.parse(JSON.parse(argument)));
}
