import { GatehouseError } from '@gatehouse/contract/errors';
import pLimit from 'p-limit';
import { DUMMY_HASH, verifyPassword } from '../crypto/password.ts';

/** Sign-ins have a queue of their own, so that a flood of them does not block registrations and new passwords. */
const oneAtATime = pLimit(1);
/** The most sign-ins that wait, about a second of work. Further ones are refused while refusing is cheap. */
const WAITING = 32;

/** Checks a password against a PHC string. Without one (null), it takes as long and returns false. */
export async function isPassword(phc: string | null, password: string): Promise<boolean> {
  if (oneAtATime.pendingCount >= WAITING) {
    throw new GatehouseError('overloaded', 'Too many people are signing in. Retry shortly.', {
      retryAfterSeconds: 2,
    });
  }
  return (await verifyPassword(phc ?? DUMMY_HASH, password, oneAtATime)) && phc !== null;
}
