import { join } from 'node:path';
import { PORTALS } from '../data/ids.ts';
import { type BenchCase, requestFile, slice } from '../harness/bench.ts';
import { startChild } from '../harness/child.ts';
import { memoryOf } from '../harness/cpu.ts';
import { parseLoad } from '../harness/load.ts';
import { type OpenJob, parseOutcome } from '../harness/open-loop.ts';
import { get } from '../harness/sides.ts';
import { startApi } from '../harness/service.ts';

const TIMES = 4;

export const overload: BenchCase = {
  name: 'overload',
  about: 'P18: four times the load that the api can take',
  async run(bench) {
    await using api = await startApi(bench);
    await using open = await startChild({
      script: 'bench/harness/open-loop.ts',
      output: join(bench.scratch, 'open-loop.log'),
    });
    const request = get(`/portals/${PORTALS.large}/developers?state=Pending&page_size=100`);
    const job = { ...slice(bench, requestFile(bench, 'overload', [request])), url: api.url };
    await bench.load.ask(job);
    const closed = parseLoad(await bench.load.ask(job));
    const peak = closed.requests / closed.seconds;
    bench.say(`The peak is ${peak.toFixed(0)} a second. Sending ${String(TIMES)} times as many…`);
    const { path, headers } = request;
    const seconds = 3 * bench.size.seconds;
    const sent: OpenJob = { url: api.url, path, headers, perSecond: TIMES * peak, seconds };
    const { good, late, refused, refusedP99, failed } = parseOutcome(await open.ask(sent));
    const goodput = good / seconds;
    const counts = `${String(good)} in time, ${String(late)} late, ${String(refused)} refused, ${String(failed)} failed`;
    return [
      {
        bar: 'P18',
        what: `four times the load: ${counts}`,
        ours: goodput,
        floor: peak,
        rate: goodput / peak,
        memory: memoryOf(api.pid),
        aim: '≥ 0.90',
        met: goodput >= 0.9 * peak && failed === 0,
      },
      {
        bar: 'P18',
        what: 'four times the load: refusals',
        p99: refusedP99,
        aim: 'p99 ≤ 5 ms',
        met: refused > 0 && refusedP99 <= 5,
      },
    ];
  },
};
