import { GatehouseError } from '@gatehouse/contract/errors';
import pLimit from 'p-limit';
import { DUMMY_HASH, verifyPassword } from '../crypto/password.ts';

/** One at a time, apart from those who register or set a password: a flood of sign-ins must not starve them. */
const oneAtATime = pLimit(1);
/** Sign-ins that may wait for it: a second's work. More are refused while that is cheap. */
const WAITING = 32;

/** Is this the password? Always one hash, also where there is none to compare with (null), which is always false. */
export async function isPassword(phc: string | null, password: string): Promise<boolean> {
  if (oneAtATime.pendingCount >= WAITING) {
    throw new GatehouseError('overloaded', 'Too many people are signing in. Retry shortly.', {
      retryAfterSeconds: 2,
    });
  }
  return (await verifyPassword(phc ?? DUMMY_HASH, password, oneAtATime)) && phc !== null;
}
