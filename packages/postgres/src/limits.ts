/** Milliseconds. */
export type StatementLimits = {
  /** For a statement outside a transaction. */
  statement: number;
  /** For a statement in a transaction, and for the pause between two statements. */
  transaction: number;
  /** For the wait for a lock. */
  lock: number;
  /** For the wait for a connection from the pool. */
  connection: number;
};

/** For API calls. Including the time to detect a dead connection, a read is answered within five seconds. */
export const CALL_LIMITS: StatementLimits = { statement: 4400, transaction: 10_000, lock: 4000, connection: 2000 };

/** For the worker, whose batches are larger and whose work no caller waits for. */
export const WORK_LIMITS: StatementLimits = { statement: 5000, transaction: 20_000, lock: 10_000, connection: 10_000 };
