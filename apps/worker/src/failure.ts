import { ERRORS, GatehouseError } from '@gatehouse/contract/errors';

/** Characters of a message that are logged. */
const LONGEST = 300;

/**
 * An error as it may be logged. Of what PostgreSQL complains about only the code: its messages quote values, which may
 * be an address or a name.
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

/** Whether PostgreSQL refused a statement, and with it the transaction. */
const isFromDatabase = (error: unknown): boolean => error instanceof Error && 'severity' in error;

/** Whether something this process depends on is away or overloaded: no fault of the program, and worth another try. */
export const isUnavailable = (error: unknown): boolean =>
  error instanceof GatehouseError && ERRORS[error.code].status === 503;
