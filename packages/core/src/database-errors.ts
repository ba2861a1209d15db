import { GatehouseError, fieldError } from '@gatehouse/contract/errors';
import {
  DeadlockException,
  DriverException,
  ForeignKeyConstraintViolationException,
  UniqueConstraintViolationException,
} from '@mikro-orm/core';

/** What the database's invariants mean to a caller: it is the database that decides a race. */
const UNIQUE: Record<string, () => GatehouseError> = {
  developer_username_unique: () => fieldError('username_taken', 'username', 'The username is taken in this portal.'),
  developer_email_unique: () => fieldError('email_taken', 'email', 'The email address is taken in this portal.'),
  developer_id_unique: () =>
    fieldError('developer_id_taken', 'developer_id', 'The developer_id is taken in this portal.'),
  credential_login_unique: () =>
    fieldError('username_taken', 'basic-auth/username', 'The username is taken in this portal.'),
  subscription_unique: () =>
    new GatehouseError('already_subscribed', 'The application is subscribed to this API product already, or waits.'),
  login_option_built_in_unique: () =>
    new GatehouseError('illegal_state', 'The portal has its built-in login already; change that one.'),
  sso_answer_pkey: () =>
    new GatehouseError('sign_in_refused', 'This answer of the identity provider was used already. Sign in anew.'),
  portal_slug_unique: () => fieldError('portal_slug_taken', 'slug', 'The slug is taken.'),
};

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';

export const isRetryable = (error: unknown): boolean =>
  error instanceof DeadlockException ||
  (error instanceof DriverException && [SERIALIZATION_FAILURE, DEADLOCK].includes(error.code ?? ''));

/** Runs what talks to the database; what goes wrong there is thrown as what it means to a caller. */
export async function translated<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw translateDatabaseError(error);
  }
}

function translateDatabaseError(error: unknown): unknown {
  if (error instanceof UniqueConstraintViolationException && 'constraint' in error) {
    return UNIQUE[String(error.constraint)]?.() ?? error;
  }
  if (error instanceof ForeignKeyConstraintViolationException) {
    return new GatehouseError('not_found', 'What this belongs to was deleted meanwhile.', { cause: error });
  }
  if (isUnreachable(error))
    return new GatehouseError('dependency_down', 'The database cannot be reached. Try again in a moment.', {
      cause: error,
      retryAfterSeconds: 2,
    });
  return error;
}

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '08000',
  '08001',
  '08003',
  '08006',
]);

/** True when the database is down, starting, stopping or out of connections (SQLSTATE classes 08, 53, 57). */
function isUnreachable(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && UNREACHABLE.has(String(at.code))) return true;
    if (
      /connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error/i.test(
        at.message,
      )
    )
      return true;
  }
  return false;
}
