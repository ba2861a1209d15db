import type pg from 'pg';
import type { Child } from './child.ts';
import { holderAt } from './holder.ts';
import { ADMIN_TOKEN } from './service.ts';
import type { Stage } from './stage.ts';

/** Milliseconds until the other process rejects the key, one per round; and how often the revoking process accepted it. */
export type RevocationTimes = { times: number[]; passes: number };

type Options = { stage: Stage; first: Child; second: Child; from: number; rounds: number };

/**
 * Suspends one developer after the other with a call to `first`. Both processes have a positive decision in their cache.
 * The time runs from the response to that call to the first rejection by `second`.
 */
export async function timeRevocations({ stage, first, second, from, rounds }: Options): Promise<RevocationTimes> {
  const ended: RevocationTimes = { times: [], passes: 0 };
  const passes = async (server: Child, n: number): Promise<boolean> => {
    const answer = await fetch(`${server.url}${stage.question.path}`, { headers: { apikey: stage.keys[n] ?? '' } });
    await answer.arrayBuffer();
    return answer.status === 200;
  };
  for (let n = from; n < from + rounds; n += 1) {
    const known = [await passes(first, n), await passes(second, n)];
    if (known.includes(false)) throw new Error('A valid key was rejected.');
    await suspend(first, stage.portalId, n);
    const begun = performance.now();
    const [still, refused] = await Promise.all([passes(first, n), whenRefused(() => passes(second, n))]);
    ended.times.push(refused - begun);
    if (still) ended.passes += 1;
  }
  return ended;
}

async function whenRefused(passes: () => Promise<boolean>): Promise<number> {
  while (await passes());
  return performance.now();
}

async function suspend(server: Child, portalId: string, n: number): Promise<void> {
  const answer = await fetch(`${server.url}/api/portals/${portalId}/developers/${holderAt(n).developerId}/suspend`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    body: '{}',
  });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`suspend answered ${String(answer.status)}`);
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
