import { Client } from 'undici';
import type { Child } from '../harness/child.ts';
import { addressAt } from './guess.ts';
import { median } from '../harness/measure.ts';
import { spreadOf, type Times } from '../harness/times.ts';

/** One call below `auth/`, with the n-th body for an existing and for an unknown account. */
export type Pairs = {
  verb: string;
  count: number;
  known(n: number): object;
  unknown(n: number): object;
};

type Timing = {
  known: Times;
  unknown: Times;
  /** The relative difference: the median over the pairs, because other load affects both calls of a pair. */
  apart: number;
};

/** Measures both in turns, in alternating order. Each call has a different client address, so that no limit applies. */
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
