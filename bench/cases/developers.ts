import { z } from 'zod';
import { PORTALS } from '../data/ids.ts';
import { type Bench, type BenchCase, compareRow } from '../harness/bench.ts';
import type { Child } from '../harness/child.ts';
import { ask, get, openSides, readSides } from '../harness/sides.ts';
import type { Row } from '../harness/table.ts';

const LIST = `/portals/${PORTALS.large}/developers`;
const SIZE = 20;

export const developers: BenchCase = {
  name: 'developers',
  about: 'P1 to P3: a page of developers with its total, near and far',
  async run(bench) {
    await using sides = await openSides(bench);
    const compare = async (
      row: Omit<Parameters<typeof compareRow>[1], 'ours' | 'floor'>,
      query: string,
      floor = query,
    ) =>
      compareRow(bench, {
        ...row,
        ...(await readSides(bench, sides, {
          name: 'list',
          ours: [get(`${LIST}${query}`)],
          floor: [get(`${LIST}${floor}`)],
        })),
      });
    const size = `page_size=${String(SIZE)}`;
    const pending = await compare(
      { bar: 'P1', what: 'list 20 Pending', aim: { share: 0.8, p99OfFloor: 1.5 } },
      `?state=Pending&${size}`,
    );
    const all = await compare(
      { bar: 'P2', what: 'list 20 of all', aim: { share: 0.8, or: { row: pending, share: 0.95 } } },
      `?${size}`,
    );
    const far = await farAway(bench, sides.api);
    const byCursor = await compare(
      {
        bar: 'P3',
        what: `list 20 behind row ${String(far.row)}, by cursor`,
        aim: { share: 0.8, or: { row: all, share: 0.9 } },
      },
      `?${size}&cursor=${far.cursor}`,
      `?${size}&after_time=${far.time}&after_id=${far.id}`,
    );
    const page = Math.max(2, Math.round(far.row / SIZE));
    const byNumber = await compare(
      { bar: 'P3', what: `list page ${String(page)}`, aim: { share: 0.8, or: { row: all, share: 0.25 } } },
      `?${size}&page=${String(page)}`,
    );
    return [pending, all, byCursor, byNumber] satisfies Row[];
  },
};

const Page = z.object({
  list: z.array(z.object({ id: z.string(), created_at: z.string() })),
  next_cursor: z.string(),
});

/** The position behind a fifth of the data set, as a cursor of the api and as the values of the last record there. */
async function farAway({ size }: Bench, api: Child) {
  const step = Math.min(500, size.developers / 5);
  const steps = Math.ceil(size.developers / 5 / step);
  let cursor = '';
  let last = { id: '', created_at: '' };
  for (let at = 0; at < steps; at += 1) {
    const answer = await ask(api, get(`${LIST}?page_size=${String(step)}&cursor=${encodeURIComponent(cursor)}`));
    const page = Page.parse(answer);
    cursor = page.next_cursor;
    last = page.list.at(-1) ?? last;
  }
  return { row: steps * step, cursor: encodeURIComponent(cursor), time: last.created_at, id: last.id };
}
