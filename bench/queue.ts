import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { JOB_OPTIONS } from '@gatehouse/queue/jobs';
import { prepareQueue } from '@gatehouse/queue/postgres-backend';
import { connectQueues } from '@gatehouse/queue/queues';
import pg from 'pg';
import { type Measurement, median } from './measure.ts';
import { createDatabase } from './service.ts';
import type { Row } from './table.ts';

/** `most` is the number of finished jobs that the other queue keeps, `jobs` the number of jobs per round. */
export type Size = { most: number; jobs: number; rounds: number };

export const FULL: Size = { most: 10_000, jobs: 500, rounds: 5 };
/** Enough to check that everything works. */
export const QUICK: Size = { most: 400, jobs: 20, rounds: 1 };

const STATES = ['completed', 'failed'] as const;
type State = (typeof STATES)[number];

type Options = { serverUrl: string; size: Size; say: (line: string) => void };

/** Jobs a second of one worker with an empty handler, with as many finished jobs as Gatehouse keeps and with many. */
export async function benchQueue({ serverUrl, size, say }: Options): Promise<Row[]> {
  const { count } = JOB_OPTIONS.removeOnComplete;
  await using few = await openQueue(serverUrl, count);
  await using many = await openQueue(serverUrl, size.most);
  const rows: Row[] = [];
  for (const state of STATES) {
    say(`Jobs that are ${state}…`);
    await few.fill(state);
    await many.fill(state);
    const rounds: { few: number; many: number }[] = [];
    for (let round = 0; round < size.rounds; round += 1) {
      // The order alternates, so that neither queue is always first.
      const first = round % 2 === 0 ? few : many;
      const rates = [await first.rate(state, size.jobs), await (first === few ? many : few).rate(state, size.jobs)];
      const [ours = NaN, floor = NaN] = first === few ? rates : rates.toReversed();
      rounds.push({ few: ours, many: floor });
    }
    const comparison = {
      ours: onlyRate(median(rounds.map((round) => round.few))),
      floor: onlyRate(median(rounds.map((round) => round.many))),
      rate: median(rounds.map((round) => round.few / round.many)),
      cpu: NaN,
    };
    rows.push({ bar: '', what: `${state}: ${String(count)} kept, ${String(size.most)} kept`, comparison });
  }
  return rows;
}

const onlyRate = (perSecond: number): Measurement => ({
  perSecond,
  appCpu: NaN,
  databaseCpu: NaN,
  p50: NaN,
  p99: NaN,
  max: NaN,
});

/** A queue with one worker on its own database, which keeps `kept` finished jobs of each state. */
async function openQueue(serverUrl: string, kept: number) {
  const name = `bench_queue_${String(kept)}`;
  const databaseUrl = serverUrl.replace(/[^/]+$/, name);
  await createDatabase(serverUrl, name);
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
