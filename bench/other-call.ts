import { Client } from 'undici';
import type { Child } from './child.ts';
import { ADMIN_TOKEN } from './service.ts';
import { spreadOf, type Times } from './times.ts';

/** Times of another caller's requests, made one after the other. */
export const timesOf = (api: Child, portalId: string, count: number): Promise<Times> =>
  callUntil(api, portalId, (done) => done === count);

/** The same for as long as `work` runs. */
export async function timesBetween<T>(
  api: Child,
  portalId: string,
  work: () => Promise<T>,
): Promise<{ times: Times; result: T }> {
  let isOver = false;
  const calls = callUntil(api, portalId, () => isOver);
  try {
    const result = await work();
    isOver = true;
    return { times: await calls, result };
  } finally {
    isOver = true;
  }
}

async function callUntil(api: Child, portalId: string, isOver: (done: number) => boolean): Promise<Times> {
  const client = new Client(api.url, { pipelining: 1 });
  const times: number[] = [];
  while (!isOver(times.length)) {
    const begun = performance.now();
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const { statusCode, body } = await client.request({ path: `/api/portals/${portalId}`, method: 'GET', headers });
    await body.dump();
    if (statusCode !== 200) throw new Error(`The other caller got ${String(statusCode)}.`);
    times.push(performance.now() - begun);
  }
  await client.close();
  return spreadOf(times);
}
