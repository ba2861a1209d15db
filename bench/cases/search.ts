import { PORTALS } from '../data/ids.ts';
import { type Bench, type BenchCase, compareRow } from '../harness/bench.ts';
import type { Child } from '../harness/child.ts';
import { median } from '../harness/measure.ts';
import { ask, get, openSides, readSides } from '../harness/sides.ts';
import type { Row } from '../harness/table.ts';

const searchFor = (term: string) =>
  get(`/portals/${PORTALS.large}/developers?page_size=20&search=${encodeURIComponent(term)}`);

/** Terms that match most records, or whose parts do although the whole matches few or none. */
const WORST = [
  'example',
  'org',
  '.example.com',
  'exampleorg',
  'elleth',
  'nd.',
  '000',
  '1234',
  'dev_',
  'x',
  'billing.example.net',
];

export const search: BenchCase = {
  name: 'search',
  about: 'P4: a search for rare, common and the worst terms',
  async run(bench) {
    await using sides = await openSides(bench);
    const rare = await readSides(bench, sides, { name: 'rare', ours: (await rareTerms(bench)).map(searchFor) });
    const common = await readSides(bench, sides, { name: 'common', ours: [searchFor('billing')] });
    return [
      await compareRow(bench, { bar: 'P4', what: 'search, a rare term', ...rare, aim: { share: 0.8, p99: 50 } }),
      await compareRow(bench, { bar: 'P4', what: 'search, a common term', ...common, aim: { share: 0.8 } }),
      await worstTerm(sides.api),
    ];
  },
};

/** Parts of usernames, names, addresses and ids of developers all over the portal. */
async function rareTerms({ database }: Bench): Promise<string[]> {
  const { rows } = await database.query<{ term: string }>(
    `select term from (select * from developer where portal_id = $1 and email is not null
       and id > (select id from developer where portal_id = $1 order by created_at limit 1 offset $2) order by created_at limit 100) d,
     lateral (values (substr(username, 5)), (name), (substr(email, 4, 14)), (substr(developer_id, 8, 10))) terms(term)`,
    [PORTALS.large, 100],
  );
  return rows.map(({ term }) => term);
}

async function worstTerm(api: Child): Promise<Row> {
  let worst = { term: '', milliseconds: 0 };
  for (const term of WORST) {
    const times: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const begun = performance.now();
      await ask(api, searchFor(term));
      times.push(performance.now() - begun);
    }
    if (median(times) > worst.milliseconds) worst = { term, milliseconds: median(times) };
  }
  const { term, milliseconds } = worst;
  return {
    bar: 'P4',
    what: `search, the worst of ${String(WORST.length)} terms: ${term}`,
    callers: 1,
    p50: milliseconds,
    aim: 'p50 ≤ 250 ms',
    met: milliseconds <= 250,
  };
}
