import { GatehouseError } from '@gatehouse/contract/errors';

/**
 * The most calls of each kind that this process works on at once, and how many of them one caller may make. `password`:
 * calls that hash a password, `mail`: those that queue mails. Short reads are bounded by `limitRequests` alone.
 */
export const LANES = {
  list: { most: 96, ofOneCaller: 64 },
  change: { most: 128, ofOneCaller: 96 },
  mail: { most: 128, ofOneCaller: 96 },
  password: { most: 128, ofOneCaller: 96 },
};
export type LaneName = keyof typeof LANES;

type Lane = { underWay: number; byCaller: Map<string, number> };

/** Bounds the calls under way, so that load beyond what the process can take is refused while refusing is cheap. */
export class Lanes {
  readonly #lanes = new Map<LaneName, Lane>();

  /** Throws `rate_limited` if the caller has its share of the lane, and `overloaded` if the lane is full. */
  assertRoom(name: LaneName, caller: string): void {
    const { most, ofOneCaller } = LANES[name];
    const { underWay, byCaller } = this.#lane(name);
    if ((byCaller.get(caller) ?? 0) >= ofOneCaller)
      throw new GatehouseError(
        'rate_limited',
        `At most ${String(ofOneCaller)} concurrent requests of this kind are allowed. Wait for responses before you send more.`,
        { retryAfterSeconds: 1 },
      );
    if (underWay >= most)
      throw new GatehouseError('overloaded', 'Too many requests of this kind are being processed. Retry shortly.');
  }

  /** Runs the work in the lane. Throws like `assertRoom`. */
  async run<T>(name: LaneName, caller: string, work: () => Promise<T>): Promise<T> {
    this.assertRoom(name, caller);
    const lane = this.#lane(name);
    const { byCaller } = lane;
    lane.underWay += 1;
    byCaller.set(caller, (byCaller.get(caller) ?? 0) + 1);
    try {
      return await work();
    } finally {
      lane.underWay -= 1;
      const left = (byCaller.get(caller) ?? 1) - 1;
      if (left === 0) byCaller.delete(caller);
      else byCaller.set(caller, left);
    }
  }

  #lane(name: LaneName): Lane {
    const lane = this.#lanes.get(name) ?? { underWay: 0, byCaller: new Map<string, number>() };
    this.#lanes.set(name, lane);
    return lane;
  }
}
