/** Seconds until the sweeper hands leased work to another worker: with its pause, within 10 seconds of a worker's death. */
export const LEASE_SECONDS = 7;

/** Milliseconds that the relay has to hand new work to the queue before the sweeper does. */
const HANDOVER = 10_000;

/** When new work is due, should the relay not have handed it to the queue by then. */
export const firstDueAt = (now: Date): Date => new Date(now.getTime() + HANDOVER);
