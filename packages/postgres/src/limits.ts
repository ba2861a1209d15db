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
export const CALL_LIMITS: StatementLimits = { statement: 4200, transaction: 10_000, lock: 4000, connection: 2000 };

/** For the worker, whose batches are larger and whose work no caller waits for. */
export const WORK_LIMITS: StatementLimits = { statement: 5000, transaction: 20_000, lock: 10_000, connection: 10_000 };

/** Milliseconds by which the server's limits are longer than ours, so that our own error comes first. */
const MARGIN = 1000;

/** Sets the limits of the running transaction on the server. */
export const serverLimits = ({ transaction, lock }: StatementLimits): string =>
  [
    `set local lock_timeout = ${String(lock)}`,
    `set local statement_timeout = ${String(transaction + MARGIN)}`,
    `set local idle_in_transaction_session_timeout = ${String(transaction + MARGIN)}`,
  ].join('; ');
