import { PORTAL_TOKEN, PORTALS, PRODUCT } from '../data/ids.ts';
import { type BenchCase, CALLERS, requestFile, scaled } from '../harness/bench.ts';
import type { Child } from '../harness/child.ts';
import { parseLoad, type Request } from '../harness/load.ts';
import { timesBetween, timesOf } from '../harness/other-caller.ts';
import { ask, get } from '../harness/sides.ts';
import { startApi } from '../harness/service.ts';

const LARGE = `/portals/${PORTALS.large}`;
const READS = [
  get(`${LARGE}/developers?search=example&page_size=500`),
  get(`${LARGE}/developers?search=exampleorg`),
  get(`${LARGE}/developers?page=500&page_size=500`),
  get('/approvals?page_size=500'),
  get('/audit_events?page_size=500'),
  get(`${LARGE}/api_products/${PRODUCT}/subscriptions?page_size=500`),
  get('/credentials?page_size=500', PORTAL_TOKEN),
];

/** Milliseconds until a caller gives up. */
const PATIENCE = 400;
const GONE = 12;

export const slowReaders: BenchCase = {
  name: 'slow-readers',
  about: 'how much the slowest read, in a loop or abandoned, delays another caller',
  async run(bench) {
    await using api = await startApi(bench);
    const slowest = await slowestOf(api);
    bench.say(`The slowest read: ${slowest.path}`);
    const other = { api, path: LARGE };
    const alone = await timesOf(other, scaled(bench, 1000));
    const file = requestFile(bench, 'slowest', [slowest]);
    const { times, result } = await timesBetween(other, () =>
      bench.load.ask({ url: api.url, file, order: 'random', callers: CALLERS, seconds: 4 * bench.size.seconds }),
    );
    bench.say(`Its answers by status: ${JSON.stringify(parseLoad(result).statuses)}`);
    const ratio = times.p99 / alone.p99;
    const begun = performance.now();
    await Promise.all(Array.from({ length: GONE }, () => abandon(api, slowest)));
    const gone = performance.now();
    await ask(api, get(LARGE));
    const delayed = performance.now() - gone;
    bench.say(`${String(GONE)} callers left after ${(gone - begun).toFixed(0)} ms.`);
    return [
      { bar: '', what: 'another call, alone', callers: 1, ...alone },
      {
        bar: 'fair',
        what: `another call, during the slowest read: p99 ${ratio.toFixed(1)} ×`,
        callers: CALLERS,
        ...times,
        aim: '≤ 3 ×',
        met: ratio <= 3,
      },
      {
        bar: 'gone',
        what: `another call, after ${String(GONE)} slow reads without callers`,
        callers: 1,
        max: delayed,
        aim: '≤ 500 ms',
        met: delayed <= 500,
      },
    ];
  },
};

async function slowestOf(api: Child): Promise<Request> {
  const timed = [];
  for (const request of READS) {
    await ask(api, request);
    const begun = performance.now();
    await ask(api, request);
    timed.push({ request, milliseconds: performance.now() - begun });
  }
  return timed.toSorted((a, b) => b.milliseconds - a.milliseconds)[0]?.request ?? get(LARGE);
}

async function abandon({ url }: Child, { path, headers }: Request): Promise<void> {
  await fetch(`${url}${path}`, { headers, signal: AbortSignal.timeout(PATIENCE) })
    .then((answer) => answer.arrayBuffer())
    .catch(() => undefined);
}
