import { Client } from 'undici';
import type { Child } from './child.ts';
import { get } from './sides.ts';
import { spreadOf, type Times } from './times.ts';

/** The call that another caller repeats. */
type Read = { api: Child; path: string };

/** Times of another caller's requests, made one after the other. */
export const timesOf = (read: Read, count: number): Promise<Times> => callUntil(read, (done) => done === count);

/** The same for as long as `work` runs. */
export async function timesBetween<T>(read: Read, work: () => Promise<T>): Promise<{ times: Times; result: T }> {
  let isOver = false;
  const calls = callUntil(read, (done) => isOver && done > 0);
  try {
    const result = await work();
    isOver = true;
    return { times: await calls, result };
  } finally {
    isOver = true;
  }
}

async function callUntil({ api, path }: Read, isOver: (done: number) => boolean): Promise<Times> {
  const client = new Client(api.url, { pipelining: 1 });
  const times: number[] = [];
  while (!isOver(times.length)) {
    const begun = performance.now();
    const { headers, ...call } = get(path);
    const { statusCode, body } = await client.request({ method: 'GET', path: call.path, headers });
    await body.dump();
    if (statusCode !== 200) throw new Error(`The other caller got ${String(statusCode)}.`);
    times.push(performance.now() - begun);
  }
  await client.close();
  return spreadOf(times);
}
