/** Connection errors. Callers recognize them by `code`, because Kysely wraps errors and keeps only their properties. */

/** The database is unreachable, or does not respond in time. */
export class DatabaseUnavailable extends Error {
  readonly code = 'database_unavailable';
}

/** All connections that the call may use are busy. */
export class PoolBusy extends Error {
  readonly code = 'pool_busy';
}

/** The caller has disconnected, so the statement was not run. */
export class CallerGone extends Error {
  readonly code = 'caller_gone';
}
