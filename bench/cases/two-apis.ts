import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Bench, type BenchCase, CALLERS, requestFile, slice } from '../harness/bench.ts';
import { type Child, startChild } from '../harness/child.ts';
import { readKnownKeys, verify } from '../harness/keys.ts';
import { parseLoad } from '../harness/load.ts';
import { inTurns, median } from '../harness/measure.ts';
import { startApi } from '../harness/service.ts';

/** Two apis, two processes that make requests, PostgreSQL and the system. */
const CORES = 6;

export const twoApis: BenchCase = {
  name: 'two-apis',
  about: `P17: verification by two api processes, on a machine with ${String(CORES)} cores or more`,
  async run(bench) {
    const cores = availableParallelism();
    if (cores < CORES)
      return [{ bar: 'P17', what: `two api processes: not measured with ${String(cores)} cores`, aim: '≥ 1.50' }];
    await using first = await startApi(bench);
    await using second = await startApi(bench);
    await using load = await startChild({ script: 'bench/harness/load.ts', output: join(bench.scratch, 'load.log') });
    const { keys } = await readKnownKeys(bench.database, bench.size.developers, bench.scratch);
    const file = requestFile(bench, 'keys', keys.map(verify));
    for (const { url } of [first, second]) await bench.load.ask({ url, file, order: 'shuffled', callers: CALLERS });
    const rate = (api: Child, from: Child) => rateOf(bench, { api, from, file });
    const [one = [], two = []] = await inTurns(bench.rounds, [
      () => rate(first, bench.load),
      async () => {
        const rates = await Promise.all([rate(first, bench.load), rate(second, load)]);
        return rates.reduce((sum, each) => sum + each, 0);
      },
    ]);
    const [ours, floor] = [median(two), median(one)];
    const ratio = ours / floor;
    const what = 'verify in memory, two apis; the floor: one';
    return [{ bar: 'P17', what, callers: 2 * CALLERS, ours, floor, rate: ratio, aim: '≥ 1.50', met: ratio >= 1.5 }];
  },
};

async function rateOf(bench: Bench, { api, from, file }: { api: Child; from: Child; file: string }): Promise<number> {
  const { requests, seconds } = parseLoad(await from.ask({ ...slice(bench, file), url: api.url }));
  return requests / seconds;
}
