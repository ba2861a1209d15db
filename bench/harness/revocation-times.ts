import type pg from 'pg';
import { PORTALS } from '../data/ids.ts';
import type { Child } from './child.ts';
import { type KnownKeys, verify } from './keys.ts';
import { callAsAdmin } from './service.ts';

/** Milliseconds until the other process rejects the key, one per round; and how often the revoking process accepted it. */
export type RevocationTimes = { times: number[]; passes: number };

type Options = { known: KnownKeys; first: Child; second: Child; from: number; rounds: number };

/**
 * Suspends one developer after the other with a call to `first`. Both processes have a positive decision in their cache.
 * The time runs from the response to that call to the first rejection by `second`.
 */
export async function timeRevocations({ known, first, second, from, rounds }: Options): Promise<RevocationTimes> {
  const ended: RevocationTimes = { times: [], passes: 0 };
  for (const key of known.keys.slice(from, from + rounds)) {
    const passed = [await passes(first, key), await passes(second, key)];
    if (passed.includes(false)) throw new Error('A valid key was rejected.');
    const id = known.holders.get(key)?.developerId ?? '';
    const path = `/portals/${PORTALS.large}/developers/${id}`;
    await callAsAdmin(first, `${path}/suspend`, { method: 'POST', body: {} });
    const begun = performance.now();
    const [still, refused] = await Promise.all([passes(first, key), whenRefused(() => passes(second, key))]);
    ended.times.push(refused - begun);
    if (still) ended.passes += 1;
    await callAsAdmin(first, `${path}/reactivate`, { method: 'POST', body: {} });
  }
  return ended;
}

async function passes(server: Child, key: string): Promise<boolean> {
  const { path, headers } = verify(key);
  const answer = await fetch(`${server.url}${path}`, { headers });
  await answer.arrayBuffer();
  return answer.status === 200;
}

async function whenRefused(isPassing: () => Promise<boolean>): Promise<number> {
  while (await isPassing());
  return performance.now();
}

/** Runs `work` without notifications, so that processes learn of changes only by polling. */
export async function withoutPush<T>(database: pg.Pool, work: () => Promise<T>): Promise<T> {
  await database.query('alter table revocation disable trigger all');
  try {
    return await work();
  } finally {
    await database.query('alter table revocation enable trigger all');
  }
}
