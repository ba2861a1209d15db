import { GatehouseError, fieldError } from '@gatehouse/contract/errors';
import {
  DriverException,
  ForeignKeyConstraintViolationException,
  UniqueConstraintViolationException,
} from '@mikro-orm/core';

/** What a violated constraint means to a caller. Only the database can decide a race. */
const UNIQUE: Record<string, () => GatehouseError> = {
  developer_username_unique: () =>
    fieldError('username_taken', 'username', 'The username is already in use in this portal.'),
  developer_email_unique: () =>
    fieldError('email_taken', 'email', 'The email address is already in use in this portal.'),
  developer_id_unique: () =>
    fieldError('developer_id_taken', 'developer_id', 'Another developer of this portal has this developer_id.'),
  operator_email_unique: () => fieldError('email_taken', 'email', 'Another operator has this email address.'),
  credential_login_unique: () =>
    fieldError('username_taken', 'basic-auth/username', 'The username is already in use in this portal.'),
  subscription_unique: () =>
    new GatehouseError('already_subscribed', 'The application already has a subscription to this API product.'),
  login_option_built_in_unique: () =>
    new GatehouseError('illegal_state', 'The portal already has its built-in login. Update that one.'),
  sso_answer_pkey: () =>
    new GatehouseError('sign_in_refused', 'This response of the identity provider was already used. Sign in again.'),
  portal_slug_unique: () => fieldError('portal_slug_taken', 'slug', 'Another portal has this slug.'),
};

/** A serialization failure, a deadlock, and a prepared statement that a migration has changed. */
const RETRYABLE = new Set(['40001', '40P01', '0A000']);

export const isRetryable = (error: unknown): boolean =>
  error instanceof DriverException && RETRYABLE.has(error.code ?? '');

const ATTEMPTS = 4;

/** Repeats a transaction after a deadlock, a serialization failure or a changed table, so that callers never see one. */
export async function retrying<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (attempt === ATTEMPTS || !isRetryable(error)) throw error;
    }
  }
}

/** Runs work on the database, and translates its errors into those of the API. */
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
    return new GatehouseError('not_found', 'A record that this one belongs to has been deleted.', { cause: error });
  }
  const code = codeOf(error);
  if (code === null) return error;
  if (code === 'pool_busy' || RETRYABLE.has(code))
    return new GatehouseError('overloaded', 'The database is too busy to answer. Retry shortly.', {
      cause: error,
      retryAfterSeconds: 1,
    });
  if (code === 'database_unavailable' || isUnavailable(code))
    return new GatehouseError('dependency_down', 'The database is unavailable. Retry shortly.', {
      cause: error,
      retryAfterSeconds: 2,
    });
  return error;
}

/**
 * SQLSTATE classes of failures of the database, not of the statement: connection, resources, operator intervention and
 * system errors. A pooler answers 08P01 and 58000 too.
 */
const UNAVAILABLE_CLASSES = new Set(['08', '53', '57', '58']);
const UNAVAILABLE = new Set([
  // Timeouts of the server: idle in a transaction, a whole transaction, a lock.
  '25P03',
  '25P04',
  '55P03',
  // A read-only database, such as a standby.
  '25006',
  // Access denied, as while a password is replaced or the database is restored.
  '28000',
  '28P01',
  '3D000',
  'caller_gone',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** The database is read-only, or its disk is full. */
const NO_CHANGES = new Set(['25006', '53100']);

/** Whether the database could only read when `translated` threw this error. */
export const takesNoChanges = (error: unknown): boolean =>
  error instanceof GatehouseError && NO_CHANGES.has(codeOf(error.cause) ?? '');

const isUnavailable = (code: string): boolean =>
  UNAVAILABLE.has(code) || (SQLSTATE.test(code) && UNAVAILABLE_CLASSES.has(code.slice(0, 2)));

const SQLSTATE = /^[\dA-Z]{5}$/;

/** The code of the error or of its cause. `pg` gives a lost connection no code, only a message. */
function codeOf(error: unknown): string | null {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code;
    if (/connection terminated|Query read timeout|not queryable/i.test(at.message)) return 'database_unavailable';
  }
  return null;
}
