import { ERRORS, GatehouseError } from '@gatehouse/contract/errors';

/** Characters of a message that are logged. */
const LONGEST = 300;

/**
 * An error in a form that is safe to log. For PostgreSQL errors only the code, because their messages quote values such
 * as addresses and names.
 */
export function failure(error: unknown): { error: string; code?: string; reason?: string } {
  if (!(error instanceof Error)) return { error: typeof error };
  const code: unknown = Reflect.get(error, 'code');
  return {
    error: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    ...(isFromDatabase(error) ? {} : { reason: error.message.slice(0, LONGEST) }),
  };
}

/** True if PostgreSQL rejected a statement, and with it the transaction. */
const isFromDatabase = (error: unknown): boolean => error instanceof Error && 'severity' in error;

/** True if a dependency is down or overloaded. This is not a bug, and a retry may succeed. */
export const isUnavailable = (error: unknown): boolean =>
  error instanceof GatehouseError && ERRORS[error.code].status === 503;
