import { type BenchCase, scaled } from '../harness/bench.ts';
import { readKnownKeys } from '../harness/keys.ts';
import { type RevocationTimes, timeRevocations, withoutPush } from '../harness/revocation-times.ts';
import { startApi } from '../harness/service.ts';
import type { Row } from '../harness/table.ts';
import { spreadOf } from '../harness/times.ts';

export const revocation: BenchCase = {
  name: 'revocation',
  about: 'R14: how long another process accepts the key of a suspended developer',
  async run(bench) {
    await using first = await startApi(bench);
    await using second = await startApi(bench);
    const known = await readKnownKeys(bench.database, bench.size.developers, bench.scratch);
    const rounds = Math.min(scaled(bench, 100), known.keys.length / 2);
    bench.say('Suspending developers at one process, and verifying their keys at another…');
    const pushed = await timeRevocations({ known, first, second, from: 0, rounds });
    bench.say('The same without notifications…');
    const polled = await withoutPush(bench.database, () =>
      timeRevocations({ known, first, second, from: rounds, rounds }),
    );
    const passes = pushed.passes + polled.passes;
    return [
      rowOf('suspended: until another process rejects', pushed, { p99: 100, max: 1000 }),
      rowOf('the same, without notifications', polled, { p99: Infinity, max: 1000 }),
      {
        bar: 'R14',
        what: `suspended: ${String(passes)} of ${String(2 * rounds)} accepted by the same process`,
        aim: '0',
        met: passes === 0,
      },
    ];
  },
};

function rowOf(what: string, { times }: RevocationTimes, aim: { p99: number; max: number }): Row {
  const spread = spreadOf(times);
  return {
    bar: 'R14',
    what,
    ...spread,
    aim: `${aim.p99 < Infinity ? `p99 ≤ ${String(aim.p99)} ms, ` : ''}max ≤ ${String(aim.max)} ms`,
    met: spread.p99 <= aim.p99 && spread.max <= aim.max,
  };
}
