/** Milliseconds. */
export type StatementLimits = {
  /** A statement outside of a transaction. */
  statement: number;
  /** A statement in a transaction, and the pause between two of them. */
  transaction: number;
  /** The wait for a lock. */
  lock: number;
  /** The wait for a connection of a pool. */
  connection: number;
};

/** A caller waits. With the time until a connection counts as dead, a read is answered within five seconds. */
export const CALL_LIMITS: StatementLimits = { statement: 4400, transaction: 10_000, lock: 4000, connection: 2000 };

/** The worker's batches are larger, and no caller waits for them. */
export const WORK_LIMITS: StatementLimits = { statement: 5000, transaction: 20_000, lock: 10_000, connection: 10_000 };
