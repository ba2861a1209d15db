import { setTimeout as delay } from 'node:timers/promises';

/** Waits until the work is done, but not longer than this. */
export const atMost = (milliseconds: number, work: Promise<unknown>): Promise<unknown> =>
  Promise.race([work, delay(milliseconds, undefined, { ref: false })]);
