import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiTest, type ApiTest } from '../testing/api-test.ts';
import { expected, newWorld, step, take, type World } from '../testing/gateway-model.ts';

/** Milliseconds after which every process must answer according to all changes. */
const ALLOWED = 1000;

let processes: ApiTest[];
let sql: pg.Client;
beforeAll(async () => {
  const first = await apiTest();
  processes = [first, await apiTest({ databaseUrl: first.databaseUrl })];
  sql = new pg.Client({ connectionString: first.databaseUrl });
  await sql.connect();
});
afterAll(async () => {
  await sql.end();
  for (const process of processes.toReversed()) await process[Symbol.asyncDispose]();
});

const ask = async (process: ApiTest, product: string, key: string): Promise<number> =>
  (await process.fetch(`/gateway/verify/${product}`, { headers: { apikey: key } })).status;

/** Responses that differ from the expected ones. */
async function differences(world: World, process: ApiTest): Promise<{ told: number; should: number; what: string }[]> {
  const questions = world.keys.flatMap((key, n) =>
    world.products.map((product, at) => ({ key, product, at, what: `key ${String(n)}, product ${String(at)}` })),
  );
  const answers = await Promise.all(
    questions.map(async ({ key, product, at, what }) => {
      const before = expected(world, key, at);
      const told = await ask(process, product.id, key.text);
      return { told, should: before === expected(world, key, at) ? before : null, what };
    }),
  );
  return answers.flatMap(({ told, should, what }) =>
    should === null || told === should ? [] : [{ told, should, what }],
  );
}

/** Revoked keys fail immediately in the process that made the change. In time, all processes give the expected responses. */
async function compare(world: World, by: number): Promise<void> {
  const done = performance.now();
  for (const [n, process] of processes.entries()) {
    for (;;) {
      const late = performance.now() - done > ALLOWED;
      const found = await differences(world, process);
      if (n === by) expect(found.filter(({ told }) => told === 200)).toEqual([]);
      if (found.length === 0) break;
      if (late) expect(found).toEqual([]);
    }
  }
}

it.each(['enable', 'disable'])(
  'every process answers according to all changes within a second: notifications are %sd',
  { timeout: 60_000 },
  async (pushes) => {
    await sql.query(`alter table revocation ${pushes} trigger all`);
    const property = fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 25 }), async (steps) => {
        const world = await newWorld(processes, sql);
        await take(world, { by: 0, what: { kind: 'makeKey', developer: 0 } });
        await take(world, { by: 0, what: { kind: 'subscribe', developer: 0, product: 0 } });
        for (const each of steps) {
          await take(world, each);
          await compare(world, each.by);
        }
      }),
      { numRuns: 3, endOnFailure: true },
    );
    await expect(property).resolves.toBeUndefined();
  },
);
