/**
 * Errors of the connection itself. They are recognized by their code, because the ORM wraps what it throws and keeps
 * only the properties.
 */

/** The database cannot be reached, or does not answer in time. */
export class DatabaseUnavailable extends Error {
  readonly code = 'database_unavailable';
}

/** Every connection that the call may use is busy. */
export class PoolBusy extends Error {
  readonly code = 'pool_busy';
}

/** The caller went away, so its statement was not run. */
export class CallerGone extends Error {
  readonly code = 'caller_gone';
}
