import { PORTALS } from '../data/ids.ts';
import { openLoaded } from '../data/open.ts';
import { type Bench, type BenchCase, CALLERS, requestFile, slice } from '../harness/bench.ts';
import type { Child } from '../harness/child.ts';
import { forgetDecisions } from '../harness/forget-decisions.ts';
import { readKnownKeys, verify } from '../harness/keys.ts';
import { cpuOfBoth, inTurns, measure, type Measurement, mediansOf, type Side } from '../harness/measure.ts';
import { acceptances } from '../harness/pending.ts';
import { startApi } from '../harness/service.ts';
import { get } from '../harness/sides.ts';
import { type Row, sideOf } from '../harness/table.ts';
import { undoable } from '../harness/undo.ts';

const SIZES = [1000, 10_000, 100_000];
/** The most that a hundred or thousand times as many developers may cost. */
const MOST = 1.5;
/** A process compiles its code during its first requests. The smallest data set has few that can be made only once. */
const WARM_ROUNDS = 5;

/** The same calls on one data set. */
type Stage = { developers: number; sides: Record<string, Side> };

export const growth: BenchCase = {
  name: 'growth',
  about: 'P16: P1, P5, P6 and P7 on 1,000, 10,000 and 100,000 developers and on the whole data set',
  async run(bench) {
    await using made = new AsyncDisposableStack();
    const stages: Stage[] = [];
    for (const developers of SIZES.filter((size) => size < bench.size.developers)) {
      const data = made.use(await openLoaded({ ...bench, name: `bench_${String(developers)}`, developers }));
      stages.push(await openStage({ ...bench, ...data, size: { ...bench.size, developers } }, made));
    }
    stages.push(await openStage(bench, made));
    const rows: Row[] = [];
    for (const what of Object.keys(stages[0]?.sides ?? {})) {
      bench.say(`${what}…`);
      const works = stages.map(
        ({ sides }) =>
          () =>
            measured(bench, sides[what]),
      );
      for (const work of works) for (let round = 0; round < WARM_ROUNDS * bench.size.share; round += 1) await work();
      const slices = await inTurns(bench.rounds, works);
      rows.push(...rowsOf(what, stages, slices.map(mediansOf)));
    }
    return rows;
  },
};

function measured(bench: Bench, side: Side | undefined): Promise<Measurement> {
  if (!side) throw new Error('Every stage has the same calls.');
  return measure(bench, side);
}

/** Each size is compared with the smallest one. */
function rowsOf(what: string, stages: readonly Stage[], figures: readonly Measurement[]): Row[] {
  const [smallest] = figures;
  return stages.flatMap(({ developers }, at) => {
    const figure = figures[at];
    if (!figure || !smallest) return [];
    const cpu = cpuOfBoth(smallest) / cpuOfBoth(figure);
    const isLast = at === stages.length - 1 && at > 0;
    const row = {
      bar: 'P16',
      what: `${what}, ${String(developers)} developers`,
      callers: CALLERS,
      ...sideOf(figure),
      floor: smallest.perSecond,
      rate: figure.perSecond / smallest.perSecond,
      cpu,
    };
    return [
      isLast ? { ...row, aim: `≥ ${(1 / MOST).toFixed(2)}`, met: row.rate >= 1 / MOST && !(cpu < 1 / MOST) } : row,
    ];
  });
}

async function openStage(bench: Bench, made: AsyncDisposableStack): Promise<Stage> {
  const { developers } = bench.size;
  const undo = made.use(await undoable(bench.database));
  const api: Child = made.use(await startApi(bench));
  const suffix = String(developers);
  const list = get(`/portals/${PORTALS.large}/developers?state=Pending&page_size=20`);
  const known = await readKnownKeys(bench.database, developers, bench.scratch);
  // As many keys as the smallest data set has, so that only the size of the tables differs.
  const keys = requestFile(bench, `growth-keys-${suffix}`, known.keys.slice(0, 500).map(verify));
  const accepted = requestFile(bench, `growth-accept-${suffix}`, await acceptances(bench.database, [PORTALS.large]));
  const side = (job: Side['job'], before?: Side['before']): Side => ({
    server: api,
    job,
    statuses: [200],
    ...(before ? { before } : {}),
  });
  await bench.load.ask({ url: api.url, file: keys, order: 'shuffled', callers: CALLERS });
  return {
    developers,
    sides: {
      'P6, verify in memory': side(slice(bench, keys)),
      'P1, list 20 Pending': side(slice(bench, requestFile(bench, `growth-list-${suffix}`, [list]))),
      'P5, verify not in memory': side({ file: keys, order: 'shuffled', callers: CALLERS }, () =>
        forgetDecisions(bench.database),
      ),
      'P7, accept': side({ file: accepted, order: 'shuffled', callers: CALLERS, count: 500 }, () => undo.undo()),
    },
  };
}
