import { fieldError } from '@gatehouse/contract/errors';

/** The given expiry, or null for none. Throws `invalid_input` if it has passed. */
export function expiryOf(expires_at: string | null | undefined, now: Date): Date | null {
  const expiresAt = typeof expires_at === 'string' ? new Date(expires_at) : null;
  if (expiresAt && expiresAt <= now) throw fieldError('invalid_input', 'expires_at', 'Must be in the future.');
  return expiresAt;
}
