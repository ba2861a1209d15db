import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { ADMIN_TOKEN } from '../data/ids.ts';
import { type Bench, CALLERS, requestFile, slice } from './bench.ts';
import { type Child, startChild } from './child.ts';
import type { Request } from './load.ts';
import type { Side } from './measure.ts';
import { startApi } from './service.ts';

/** The api and the floor F on the same database. */
export type Sides = AsyncDisposable & { api: Child; floor: Child };

export async function openSides(bench: Bench): Promise<Sides> {
  await using made = new AsyncDisposableStack();
  const api = made.use(await startApi(bench));
  const floor = made.use(await startExpress(bench));
  const held = made.move();
  return { api, floor, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

export const startExpress = ({ databaseUrl, scratch }: Pick<Bench, 'databaseUrl' | 'scratch'>): Promise<Child> =>
  startChild({ script: 'bench/floors/express.ts', args: [databaseUrl], output: join(scratch, 'floor.log') });

export const get = (path: string, token = ADMIN_TOKEN): Request => ({
  method: 'GET',
  path: `/api${path}`,
  headers: { authorization: `Bearer ${token}` },
});

type Reads = { name: string; ours: readonly Request[]; floor?: readonly Request[]; callers?: number };

/** Both sides with the same reads, after a check that both give the same answers. */
export async function readSides(
  bench: Bench,
  { api, floor }: Sides,
  reads: Reads,
): Promise<{ ours: Side; floor: Side }> {
  const { name, ours, floor: other = ours, callers = CALLERS } = reads;
  await assertSameAnswers(api, floor, [ours, other]);
  const side = (server: Child, requests: readonly Request[], suffix: string): Side => ({
    server,
    job: slice(bench, requestFile(bench, `${name}-${suffix}`, requests), callers),
    statuses: [200],
  });
  return { ours: side(api, ours, 'ours'), floor: side(floor, other, 'floor') };
}

const Answer = z.looseObject({ next_cursor: z.string().nullish() });

export async function ask({ url }: Child, { method, path, headers, body }: Request): Promise<unknown> {
  const answer = await fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  const parsed: unknown = await answer.json();
  if (!answer.ok) throw new Error(`${path} answered ${String(answer.status)}: ${JSON.stringify(parsed).slice(0, 300)}`);
  return parsed;
}

/** A floor that answers something else would do other work. The cursor of the api is its own. */
async function assertSameAnswers(ours: Child, floor: Child, [all, others]: [readonly Request[], readonly Request[]]) {
  for (const [at, request] of all.slice(0, 3).entries()) {
    const { next_cursor: _cursor, ...answer } = Answer.parse(await ask(ours, request));
    const { next_cursor: _none, ...expected } = Answer.parse(await ask(floor, others[at] ?? request));
    if (!isDeepStrictEqual(answer, expected))
      throw new Error(
        `The floor answers ${request.path} differently:\n${JSON.stringify(answer).slice(0, 600)}\n${JSON.stringify(expected).slice(0, 600)}`,
      );
  }
}
