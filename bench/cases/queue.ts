import { randomUUIDv7 } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from '@gatehouse/testing/programs';
import { startServer } from '@gatehouse/testing/server-process';
import pg from 'pg';
import { z } from 'zod';
import { type Bench, type BenchCase, scaled } from '../harness/bench.ts';
import { type Child, startChild } from '../harness/child.ts';
import { median } from '../harness/measure.ts';
import type { RelaySettings } from '../harness/relay-process.ts';
import { openDatabase } from '../harness/service.ts';
import type { Row } from '../harness/table.ts';
import { spreadOf, type Times } from '../harness/times.ts';

/** Milliseconds between two commits while times are measured. */
const PAUSE = 5;
/** Seconds until what has not been handled will not be. */
const PATIENCE = 60;

export const queue: BenchCase = {
  name: 'queue',
  about: 'P11: from commit through outbox and queue to a handler that does nothing',
  async run(bench) {
    const rows = await measureBackend(bench, { name: 'PostgreSQL', redisUrl: null, p99: 150 });
    if (findProgram('redis-server') === undefined) return rows;
    await using redis = await startServer({
      kind: 'redis',
      prepare: ({ port }) => ({
        program: 'redis-server',
        args: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
      }),
    });
    const redisUrl = `redis://127.0.0.1:${String(redis.port)}`;
    return [...rows, ...(await measureBackend(bench, { name: 'Redis', redisUrl, p99: 50 }))];
  },
};

type Backend = { name: string; redisUrl: string | null; p99: number };

async function measureBackend(bench: Bench, { name, redisUrl, p99 }: Backend): Promise<Row[]> {
  const databaseUrl = await openDatabase(bench.serverUrl, `bench_relay_${String(Date.now())}`);
  const database = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  const argument = JSON.stringify({ databaseUrl, redisUrl } satisfies RelaySettings);
  const start = (script: string) => startChild({ script, args: [argument], output: join(bench.scratch, 'relay.log') });
  try {
    await using relay = await start('bench/harness/relay-process.ts');
    await using floor = await start('bench/floors/bullmq.ts');
    const count = Math.max(50, scaled(bench, 2000));
    bench.say(`${String(count)} records through ${name}…`);
    const ours: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < bench.rounds; round += 1) {
      ours.push(await rateOf(count, () => relayed(relay, database, count)));
      bare.push(await rateOf(count, () => floor.ask({ count })));
    }
    const times = await timesToHandler(relay, database, Math.max(20, scaled(bench, 1000)));
    const row = { ours: median(ours), floor: median(bare), rate: median(ours) / median(bare) };
    return [
      { bar: 'P11', what: `records a second, ${name}`, ...row, aim: '≥ 0.70', met: row.rate >= 0.7 },
      {
        bar: 'P11',
        what: `commit to handler, ${name}`,
        ...times,
        aim: `p99 ≤ ${String(p99)} ms`,
        met: times.p99 <= p99,
      },
    ];
  } finally {
    await database.end();
  }
}

async function rateOf(count: number, work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return count / ((performance.now() - begun) / 1000);
}

const INSERT = `with made as (
    insert into event (id, name, actor_kind, resource_type, resource_id, occurred_at)
    select id, 'deletion.requested', 'system', 'deletion', id, now() from unnest($1::uuid[]) id returning id)
  insert into outbox (event_id) select id from made`;

/** Commits the records at once, and waits until the handler has all of them. */
async function relayed(relay: Child, database: pg.Pool, count: number): Promise<void> {
  await database.query(INSERT, [Array.from({ length: count }, () => randomUUIDv7())]);
  await untilHandled(relay, count);
}

async function timesToHandler(relay: Child, database: pg.Pool, count: number): Promise<Times> {
  const committed = new Map<string, number>();
  for (let at = 0; at < count; at += 1) {
    const id = randomUUIDv7();
    await database.query(INSERT, [[id]]);
    committed.set(id, performance.timeOrigin + performance.now());
    await delay(PAUSE);
  }
  const handled = await untilHandled(relay, count);
  return spreadOf(handled.map(([id, time]) => time - (committed.get(id) ?? NaN)));
}

const Handled = z.array(z.tuple([z.string(), z.number()]));

async function untilHandled(relay: Child, count: number) {
  const end = performance.now() + PATIENCE * 1000;
  const handled: z.infer<typeof Handled> = [];
  while (handled.length < count) {
    if (performance.now() > end) throw new Error(`${String(handled.length)} of ${String(count)} records were handled.`);
    handled.push(...Handled.parse(await relay.ask({})));
    await delay(2);
  }
  return handled;
}
