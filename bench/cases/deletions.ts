import { ADMIN_TOKEN, PORTALS } from '../data/ids.ts';
import { type Bench, type BenchCase, CALLERS, requestFile, scaled } from '../harness/bench.ts';
import type { Child } from '../harness/child.ts';
import { type Load, parseLoad, type Request } from '../harness/load.ts';
import { insertOwners, untilErased } from '../harness/owners.ts';
import { startApi, startWorker } from '../harness/service.ts';
import type { Row } from '../harness/table.ts';

/** Seconds until what is left will not be erased. */
const PATIENCE = 60;
/** Developers in one statement of the floor. */
const BATCH = 100;
/** So few that they do not wait for each other. */
const FEW_CALLERS = 4;

export const deletions: BenchCase = {
  name: 'deletions',
  about: 'P9, P10: deletions of one developer who owns 100,000 records, and of many ordinary ones',
  async run(bench) {
    await using api = await startApi(bench);
    const rows: Row[] = [];
    {
      await using _worker = await startWorker(bench);
      rows.push(...(await large(bench, api)), await answers(bench, api));
    }
    return [...rows, await backlog(bench, api)];
  },
};

/** One transaction of the floor, which finds the developers by an index, like the worker. */
const DELETE = 'delete from developer where portal_id = $1 and developer_id = any($2) and left_at is null';

/** P9. Each application has a credential, a key and a subscription. */
async function large(bench: Bench, api: Child): Promise<Row[]> {
  const { database } = bench;
  const applications = scaled(bench, 25_000);
  bench.say(`Deleting developers who own ${String(4 * applications)} records each…`);
  const empty = await insertOwners(database, { prefix: 'bench-empty-', count: 20, applications: 0 });
  const answer = await remove(bench, { api, ids: empty });
  const owner = await insertOwners(database, { prefix: 'bench-large-', count: 1, applications });
  const begun = performance.now();
  const locks = sampleTransactions(bench);
  const answered = await remove(bench, { api, ids: owner });
  const left = await untilErased(database, 'bench-large-', PATIENCE);
  const ours = (performance.now() - begun) / 1000;
  const longest = await locks.end();
  const floorIds = await insertOwners(database, { prefix: 'bench-floor-', count: 1, applications });
  const floorBegun = performance.now();
  await database.query(DELETE, [PORTALS.medium, floorIds]);
  const floor = (performance.now() - floorBegun) / 1000;
  return [
    { bar: 'P9', what: 'answer for an empty developer', callers: 1, p50: answer.p50, max: answer.max },
    {
      bar: 'P9',
      what: `answer for an owner of ${String(4 * applications)} records`,
      callers: 1,
      p50: answered.p50,
      aim: `≤ max of the empty ones`,
      met: answered.p50 <= answer.max,
    },
    {
      bar: 'P9',
      what: `erased after ${ours.toFixed(2)} s; one cascade: ${floor.toFixed(2)} s`,
      rate: floor / ours,
      aim: '≥ 0.50',
      met: left === 0 && ours <= 2 * floor,
    },
    { bar: 'P9', what: 'longest transaction of the worker', max: longest, aim: '≤ 50 ms', met: longest <= 50 },
  ];
}

/** P10: answers while the worker erases. */
async function answers(bench: Bench, api: Child): Promise<Row> {
  const count = scaled(bench, 1000);
  bench.say(`Deleting ${String(count)} ordinary developers…`);
  const ids = await insertOwners(bench.database, { prefix: 'bench-many-', count, applications: 2 });
  const { p50, p99, max } = await remove(bench, { api, ids, callers: FEW_CALLERS });
  await untilErased(bench.database, 'bench-many-', PATIENCE);
  const what = 'deletions of ordinary developers, while the worker erases';
  return { bar: 'P10', what, callers: FEW_CALLERS, p50, p99, max, aim: 'p99 ≤ 10 ms', met: p99 <= 10 };
}

/** P10: a worker starts with all of them. */
async function backlog(bench: Bench, api: Child): Promise<Row> {
  const { database } = bench;
  const count = scaled(bench, 2000);
  bench.say(`Erasing ${String(count)} ordinary developers…`);
  const ids = await insertOwners(database, { prefix: 'bench-backlog-', count, applications: 2 });
  await remove(bench, { api, ids, callers: CALLERS });
  await using _worker = await startWorker(bench);
  const begun = performance.now();
  const left = await untilErased(database, 'bench-backlog-', PATIENCE);
  const ours = (count - left) / ((performance.now() - begun) / 1000);
  const floorIds = await insertOwners(database, { prefix: 'bench-set-', count, applications: 2 });
  const floorBegun = performance.now();
  for (let at = 0; at < count; at += BATCH)
    await database.query(DELETE, [PORTALS.medium, floorIds.slice(at, at + BATCH)]);
  const floor = count / ((performance.now() - floorBegun) / 1000);
  return {
    bar: 'P10',
    what: `erasures of ${String(count)} ordinary developers`,
    ours,
    floor,
    rate: ours / floor,
    aim: '≥ 0.50',
    met: left === 0 && ours >= 0.5 * floor,
  };
}

type Removal = { api: Child; ids: readonly string[]; callers?: number };

async function remove(bench: Bench, { api: { url }, ids, callers = 1 }: Removal): Promise<Load> {
  const requests = ids.map((id): Request => ({
    method: 'DELETE',
    path: `/api/portals/${PORTALS.medium}/developers/${id}`,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  }));
  const file = requestFile(bench, `delete-${ids[0] ?? ''}`, requests);
  const load = parseLoad(await bench.load.ask({ url, file, order: 'next', callers, count: ids.length }));
  if (load.statuses['202'] !== ids.length) throw new Error(`Unexpected responses: ${JSON.stringify(load.statuses)}`);
  return load;
}

const OPEN = `select coalesce(max(extract(epoch from clock_timestamp() - xact_start) * 1000), 0)::float8 as ms
  from pg_stat_activity where application_name = 'gatehouse-worker' and backend_xid is not null`;

/** The longest time in milliseconds for which a transaction of the worker had changed something, from samples. */
function sampleTransactions({ database }: Bench) {
  let isOver = false;
  const sampled = (async () => {
    let longest = 0;
    while (!isOver) {
      const { rows } = await database.query<{ ms: number }>(OPEN);
      longest = Math.max(longest, rows[0]?.ms ?? 0);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return longest;
  })();
  return {
    end: () => {
      isOver = true;
      return sampled;
    },
  };
}
