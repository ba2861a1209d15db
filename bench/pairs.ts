import { Client } from 'undici';
import type { Child } from './child.ts';
import { addressAt } from './guess.ts';
import { median } from './measure.ts';
import { spreadOf, type Times } from './times.ts';

/** One call of signing in, the n-th time for an account that is there and for one that is not. */
export type Pairs = {
  verb: string;
  count: number;
  known(n: number): object;
  unknown(n: number): object;
};

type Timing = {
  known: Times;
  unknown: Times;
  /** By what share the one takes longer than the other: the median of the pairs, on which all else falls alike. */
  apart: number;
};

/** Times of both by turns, neither always the first; each from a place of its own, so that no limit is reached. */
export async function timePairs(api: Child, portalId: string, pairs: Pairs): Promise<Timing> {
  const client = new Client(api.url, { pipelining: 1 });
  const path = `/api/portals/${portalId}/auth/${pairs.verb}`;
  const statuses = new Set<number>();
  let places = 0;
  const time = async (body: object): Promise<number> => {
    places += 1;
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': addressAt(places) };
    const begun = performance.now();
    const answer = await client.request({ path, method: 'POST', headers, body: JSON.stringify(body) });
    await answer.body.dump();
    statuses.add(answer.statusCode);
    return performance.now() - begun;
  };
  const known: number[] = [];
  const unknown: number[] = [];
  for (let n = 0; n < pairs.count; n += 1) {
    if (n % 2 === 0) known.push(await time(pairs.known(n)));
    unknown.push(await time(pairs.unknown(n)));
    if (n % 2 === 1) known.push(await time(pairs.known(n)));
  }
  await client.close();
  if (statuses.size !== 1) throw new Error(`${pairs.verb} answered ${[...statuses].join(' and ')}`);
  const ratios = known.map((time, n) => time / (unknown[n] ?? NaN));
  return { known: spreadOf(known), unknown: spreadOf(unknown), apart: Math.abs(median(ratios) - 1) };
}
