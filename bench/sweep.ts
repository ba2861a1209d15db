import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GatehouseError } from '@gatehouse/contract/errors';
import { type Filters, ordersOf } from '@gatehouse/core/testing/list-calls';
import { createOrm } from '@gatehouse/db/orm';
import { z } from 'zod';
import { PORTALS } from './data/ids.ts';
import { sweptLists, type Swept } from './sweep/lists.ts';

type Options = {
  databaseUrl: string;
  developers: number;
  /** The names of lists; all if empty. */
  only: string[];
  say: (line: string) => void;
};

/** The most milliseconds that a page may take. */
const limitOf = (size: number, filters: Filters): number => (size === 500 ? 300 : 'search' in filters ? 250 : 50);

const SIZES = [10, 500];
const ROUNDS = 3;

/**
 * Measures every list in process: each filter, value and order, at 10 and 500 records a page, on the first page and on one
 * after 1,000 records. Prints the slowest order of each. Returns false if a page took longer than it may.
 */
export async function sweep({ databaseUrl, developers, only, say }: Options): Promise<boolean> {
  const orm = createOrm({ databaseUrl, poolSize: 4 });
  const lines: string[] = [];
  let isMet = true;
  try {
    const context = { em: orm.em, now: new Date(), requestId: 'sweep', settings: SETTINGS };
    const developer = await developerOf(orm.em.fork());
    const chosen = sweptLists(developer).filter(({ list }) => only.length === 0 || only.includes(list.name));
    for (const swept of chosen) {
      for (const filters of combinationsOf(swept)) {
        const call = async (asked: Filters): Promise<Call> => {
          const began = performance.now();
          const input = { ...swept.base, ...filters, ...asked };
          const page = await swept.list.execute({ ...context, actor: swept.actor }, input).catch(orCancelled);
          return { ms: performance.now() - began, next: Page.parse(page).next_cursor ?? null };
        };
        const worst = await worstOf(swept, call);
        const met = worst.every(({ ms }, index) => ms <= limitOf(SIZES[index] ?? 0, filters));
        isMet &&= met;
        lines.push(lineOf(swept, filters, { worst, met }));
        say(lines.at(-1) ?? '');
      }
    }
  } finally {
    await orm.close();
  }
  if (developers === 1_000_000 && only.length === 0)
    writeFileSync(join(import.meta.dirname, 'SWEEP.md'), `${HEAD}${lines.join('\n')}\n`);
  return isMet;
}

const SETTINGS = {
  secret: 'bench-secret-bench-secret-bench-secret-',
  previousSecret: null,
  publicUrl: 'http://127.0.0.1',
  smtpEnabled: false,
};

/** The database cancels a page that takes too long. Its time is above every limit. */
function orCancelled(error: unknown): { next_cursor: null } {
  if (error instanceof GatehouseError && error.code === 'dependency_down') return { next_cursor: null };
  throw error;
}

const Page = z.object({ next_cursor: z.string().nullish() });
type Call = { ms: number; next: string | null };
type Worst = { ms: number; order: string };

type Database = ReturnType<typeof createOrm>['em'];

async function developerOf(em: Database): Promise<{ uid: string; developerId: string }> {
  const [developer] = await em.execute<{ uid: string; developerId: string }[]>(
    `select id as uid, developer_id as "developerId" from developer
     where portal_id = ? and state = 'Active' and left_at is null order by created_at limit 1`,
    [PORTALS.large],
  );
  if (!developer) throw new Error('The large portal has no active developer.');
  return developer;
}

/** No filter, each value of each filter, and the pairs. */
const combinationsOf = ({ filters, pairs }: Swept): Filters[] => [
  {},
  ...Object.entries(filters).flatMap(([name, values]) => values.map((value) => ({ [name]: value }))),
  ...pairs.map((names) => Object.fromEntries(names.map((name) => [name, filters[name]?.[0]]))),
];

/** Milliseconds. A call that takes less is not repeated. */
const FAST = 20;
/** Nor is one that takes more. */
const HOPELESS = 1000;

/** The slowest order for each page size. Slow calls are repeated, and the fastest counts: other work disturbs calls. */
async function worstOf({ list }: Swept, call: (asked: Filters) => Promise<Call>): Promise<Worst[]> {
  const worst: Worst[] = SIZES.map(() => ({ ms: 0, order: '' }));
  for (const order of ordersOf(list.input.shape)) {
    const long = { ...order, page_size: 500 };
    const { next } = await call({ ...long, cursor: '' });
    const deep = next === null ? null : (await call({ ...long, cursor: next })).next;
    for (const cursor of deep === null ? [''] : ['', deep])
      for (const [index, page_size] of SIZES.entries()) {
        const ms = await fastest(() => call({ ...order, page_size, cursor }));
        if (ms > (worst[index]?.ms ?? 0)) worst[index] = { ms, order: Object.values(order).join(' ') };
      }
  }
  return worst;
}

async function fastest(call: () => Promise<Call>): Promise<number> {
  let ms = Infinity;
  for (let round = 0; round < ROUNDS && ms > FAST; round += 1) {
    ms = Math.min(ms, (await call()).ms);
    if (ms > HOPELESS) return ms;
  }
  return ms;
}

const HEAD = `# The slowest order of every list

Written by \`npm run bench -- sweep\` with 1,000,000 developers. Milliseconds in process, the fastest of up to ${ROUNDS} calls, of
the slowest order, first page or after 1,000 records. Limits: 50 ms for 10 records (250 ms with a search), 300 ms for 500.

| list | filters | 10 records | order | 500 records | order | met |
| --- | --- | --- | --- | --- | --- | --- |
`;

const lineOf = ({ list, of }: Swept, filters: Filters, { worst, met }: { worst: Worst[]; met: boolean }): string =>
  `| ${list.name} of ${of} | ${nameOf(filters)} | ${worst.map(({ ms, order }) => `${ms.toFixed(1)} | ${order}`).join(' | ')} | ${met ? 'yes' : 'no'} |`;

const nameOf = (filters: Filters): string =>
  Object.entries(filters)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ') || 'none';
