import { PORTALS } from '../data/ids.ts';
import { type BenchCase, CALLERS, compareRow, requestFile } from '../harness/bench.ts';
import type { Child } from '../harness/child.ts';
import type { Request } from '../harness/load.ts';
import type { Side } from '../harness/measure.ts';
import { acceptances } from '../harness/pending.ts';
import { openSides } from '../harness/sides.ts';
import { undoable } from '../harness/undo.ts';

export const accept: BenchCase = {
  name: 'accept',
  about: 'P7: accept registrations, of one portal and of three',
  async run(bench) {
    await using _undo = await undoable(bench.database);
    await using sides = await openSides(bench);
    const one = await acceptances(bench.database, [PORTALS.large]);
    const others = await acceptances(bench.database, [PORTALS.medium, PORTALS.small]);
    // Each acceptance is used once, so each side gets a quarter of the large portal's.
    const quarter = (at: number) =>
      one.slice(Math.floor((at * one.length) / 4), Math.floor(((at + 1) * one.length) / 4));
    const side = (server: Child, name: string, requests: readonly Request[]): Side => ({
      server,
      job: {
        file: requestFile(bench, `accept-${name}`, requests),
        order: 'next',
        callers: CALLERS,
        seconds: bench.size.seconds,
        count: Math.floor(requests.length / bench.rounds),
      },
      statuses: [200],
    });
    const ours = side(sides.api, 'ours', quarter(0));
    const floor = side(sides.floor, 'floor', quarter(1));
    const mixed = quarter(3).flatMap((request, at) => [request, ...others.slice(at, at + 1)]);
    return [
      await compareRow(bench, { bar: 'P7', what: 'accept', ours, floor, aim: { share: 0.75 } }),
      await compareRow(bench, {
        bar: 'P7',
        what: 'accept, one portal; the floor: three portals',
        ours: side(sides.api, 'one', quarter(2)),
        floor: side(sides.api, 'three', mixed),
        aim: { share: 0.9 },
      }),
    ];
  },
};
