import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { JOB_OPTIONS } from '@gatehouse/queue/jobs';
import { prepareQueue } from '@gatehouse/queue/postgres-backend';
import { connectQueues } from '@gatehouse/queue/queues';
import pg from 'pg';
import { type BenchCase, scaled } from '../harness/bench.ts';
import { inTurns, median } from '../harness/measure.ts';
import { createDatabase } from '../harness/service.ts';
import type { Row } from '../harness/table.ts';

const STATES = ['completed', 'failed'] as const;
type State = (typeof STATES)[number];

export const finishedJobs: BenchCase = {
  name: 'finished-jobs',
  about: 'how finished jobs slow down the queue on PostgreSQL',
  async run(bench) {
    const { count } = JOB_OPTIONS.removeOnComplete;
    const most = Math.max(2 * count, scaled(bench, 10_000));
    const jobs = Math.max(20, scaled(bench, 500));
    await using few = await openQueue(bench.serverUrl, count);
    await using many = await openQueue(bench.serverUrl, most);
    const rows: Row[] = [];
    for (const state of STATES) {
      bench.say(`Jobs that are ${state}…`);
      await few.fill(state);
      await many.fill(state);
      const rates = await inTurns(bench.rounds, [() => few.rate(state, jobs), () => many.rate(state, jobs)]);
      const [ours = NaN, floor = NaN] = rates.map(median);
      rows.push({
        bar: '',
        what: `${state} jobs: ${String(count)} kept, ${String(most)} kept`,
        ours,
        floor,
        rate: ours / floor,
      });
    }
    return rows;
  },
};

/** A queue with one worker on its own database, which keeps `kept` finished jobs of each state. */
async function openQueue(serverUrl: string, kept: number) {
  const databaseUrl = await createDatabase(serverUrl, `bench_queue_${String(kept)}_${String(Date.now())}`);
  await prepareQueue(databaseUrl);
  const log = { info: () => undefined, warn: () => undefined };
  const queues = await connectQueues({ databaseUrl, redisUrl: null, log });
  const [queue] = queues.all();
  if (!queue) throw new Error('The queue does not exist.');
  await queues.worker('deliver-email', ({ id = '' }) =>
    id.startsWith('failed') ? Promise.reject(new Error('on purpose')) : Promise.resolve(),
  );

  async function rate(state: State, jobs: number): Promise<number> {
    const opts = { attempts: 1, removeOnComplete: { count: kept }, removeOnFail: { count: kept } };
    await queue?.pause();
    const made = Array.from({ length: jobs }, () => ({
      name: 'deliver-email',
      data: {},
      opts: { ...opts, jobId: `${state}-${randomUUID()}` },
    }));
    await queue?.addBulk(made);
    const begun = performance.now();
    await queue?.resume();
    while ((await queue?.getJobCountByTypes('waiting', 'active')) !== 0) await delay(20);
    return jobs / ((performance.now() - begun) / 1000);
  }

  return {
    rate,
    /** Copies one finished job until `kept` exist, which is faster than running them. */
    async fill(state: State): Promise<void> {
      await rate(state, 1);
      const client = new pg.Client({ connectionString: databaseUrl });
      await client.connect();
      await client.query(COPY, [state, kept - 1]);
      await client.query('analyze');
      await client.end();
    },
    [Symbol.asyncDispose]: () => queues.close(),
  };
}

const COPY = `insert into bullmq.job
  select copy.* from (select * from bullmq.job where state::text = $1 limit 1) finished, generate_series(1, $2::int) n,
    jsonb_populate_record(finished::bullmq.job, jsonb_build_object('id', $1 || '-' || n, 'seq', -n)) copy`;
