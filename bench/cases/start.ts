import { setTimeout as delay } from 'node:timers/promises';
import { PORTALS } from '../data/ids.ts';
import { type Bench, type BenchCase, CALLERS, requestFile } from '../harness/bench.ts';
import type { Child } from '../harness/child.ts';
import { cpuOf, memoryOf } from '../harness/cpu.ts';
import { inTurns, median } from '../harness/measure.ts';
import { startApi } from '../harness/service.ts';
import { ask, get, startExpress } from '../harness/sides.ts';
import type { Row } from '../harness/table.ts';

const LISTS = [get(`/portals/${PORTALS.large}/developers?state=Pending`), get('/approvals'), get('/emails')];

export const start: BenchCase = {
  name: 'start',
  about: 'P14, P15: time until the first authenticated answer, and memory',
  async run(bench) {
    bench.say('Starting and stopping both…');
    const [ours = [], floor = []] = await inTurns(bench.rounds, [
      () => oneStart(bench, () => startApi(bench)),
      () => oneStart(bench, () => startExpress(bench)),
    ]);
    const [api, express] = [mediansOf(ours), mediansOf(floor)];
    const times = `${api.milliseconds.toFixed(0)} ms, floor ${express.milliseconds.toFixed(0)} ms`;
    const ratio = api.milliseconds / express.milliseconds;
    const rows: Row[] = [
      {
        bar: 'P14',
        what: `start to first answer: ${times}, ${ratio.toFixed(2)} ×`,
        oursCpu: [api.cpu, 0],
        floorCpu: [express.cpu, 0],
        cpu: express.cpu / api.cpu,
        aim: '≤ 2 ×',
        met: ratio <= 2,
      },
      memoryRow('at rest', [api.memory, express.memory], 2),
      memoryRow('after load', [await memoryAfterLoad(bench), express.memory], 3),
    ];
    return rows;
  },
};

type Start = { milliseconds: number; cpu: number; memory: number };

const mediansOf = (starts: readonly Start[]): Start => ({
  milliseconds: median(starts.map(({ milliseconds }) => milliseconds)),
  cpu: median(starts.map(({ cpu }) => cpu)),
  memory: median(starts.map(({ memory }) => memory)),
});

async function oneStart({ size }: Bench, startServer: () => Promise<Child>): Promise<Start> {
  const begun = performance.now();
  await using server = await startServer();
  await ask(server, get(`/portals/${PORTALS.large}/developers?state=Pending`));
  const milliseconds = performance.now() - begun;
  const cpu = cpuOf(server.pid);
  await delay(size.seconds * 1000);
  return { milliseconds, cpu, memory: memoryOf(server.pid) };
}

async function memoryAfterLoad(bench: Bench): Promise<number> {
  await using api = await startApi(bench);
  const file = requestFile(bench, 'memory', LISTS);
  await bench.load.ask({ url: api.url, file, order: 'random', callers: CALLERS, seconds: 5 * bench.size.seconds });
  return memoryOf(api.pid);
}

function memoryRow(what: string, [ours, floor]: [number, number], most: number): Row {
  const ratio = ours / floor;
  return {
    bar: 'P15',
    what: `memory ${what}: ${ours.toFixed(0)} MB, floor at rest ${floor.toFixed(0)} MB, ${ratio.toFixed(2)} ×`,
    memory: ours,
    aim: `≤ ${String(most)} ×`,
    met: ratio <= most,
  };
}
