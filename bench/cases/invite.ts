import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ADMIN_TOKEN, PORTALS } from '../data/ids.ts';
import type { HashJob } from '../floors/hasher.ts';
import { type Bench, type BenchCase, CALLERS, requestFile, scaled } from '../harness/bench.ts';
import { type Child, startChild } from '../harness/child.ts';
import type { Request } from '../harness/load.ts';
import { measure, median } from '../harness/measure.ts';
import { timesBetween, timesOf } from '../harness/other-caller.ts';
import { startApi } from '../harness/service.ts';

const PREFIX = 'bench-invited-';
const LARGE = `/portals/${PORTALS.large}`;

export const invite: BenchCase = {
  name: 'invite',
  about: 'P8: invitations with a password, and another caller meanwhile',
  async run(bench) {
    const forget = () =>
      bench.database.query(`delete from developer where portal_id = $1 and username_key like '${PREFIX}%'`, [
        PORTALS.large,
      ]);
    await forget();
    try {
      return await compareInvitations(bench);
    } finally {
      await forget();
      await bench.database.query('delete from outbox');
    }
  },
};

async function compareInvitations(bench: Bench) {
  await using api = await startApi(bench);
  await using hasher = await startChild({
    script: 'bench/floors/hasher.ts',
    output: join(bench.scratch, 'hasher.log'),
  });
  const other = { api, path: LARGE };
  const alone = await timesOf(other, scaled(bench, 1000));
  const file = requestFile(
    bench,
    'invite',
    Array.from({ length: 5000 }, (_, n) => invitation(n)),
  );
  const seconds = 2 * bench.size.seconds;
  const slices = [];
  const floors = [];
  const p99s = [];
  for (let round = 0; round < bench.rounds; round += 1) {
    const side = { server: api, job: { file, order: 'next', callers: CALLERS, seconds }, statuses: [201] } as const;
    const { times, result } = await timesBetween(other, () => measure(bench, side));
    slices.push(result.perSecond);
    p99s.push(times.p99);
    floors.push(await hashRates(hasher, seconds));
  }
  const ours = median(slices);
  const bare = median(floors.map(({ all }) => all));
  const one = median(floors.map(({ single }) => single));
  const ratio = median(p99s) / alone.p99;
  const cores = String(availableParallelism());
  return [
    {
      bar: 'P8',
      what: `invite; the floor: ${cores} hashes at a time`,
      callers: CALLERS,
      ours,
      floor: bare,
      rate: ours / bare,
      aim: '≥ 0.95',
      met: ours >= 0.95 * bare,
    },
    { bar: '', what: 'invite; the floor: one hash at a time', callers: CALLERS, ours, floor: one, rate: ours / one },
    {
      bar: 'P8',
      what: `another call, during invitations: p99 ${ratio.toFixed(1)} ×`,
      callers: CALLERS,
      p99: median(p99s),
      floorP99: alone.p99,
      aim: '≤ 2 ×',
      met: ratio <= 2,
    },
  ];
}

const invitation = (n: number): Request => ({
  method: 'POST',
  path: `/api${LARGE}/developers/invites`,
  headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
  body: JSON.stringify({ username: `${PREFIX}${String(n)}`, password: 'a long one that nobody has' }),
});

const Rate = z.object({ perSecond: z.number() });

async function hashRates(hasher: Child, seconds: number): Promise<{ all: number; single: number }> {
  const rate = async (atOnce: number) =>
    Rate.parse(await hasher.ask({ seconds: seconds / 2, atOnce } satisfies HashJob)).perSecond;
  return { all: await rate(availableParallelism()), single: await rate(1) };
}
