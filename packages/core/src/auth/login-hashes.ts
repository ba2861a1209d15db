import { GatehouseError } from '@gatehouse/contract/errors';
import { HashLane } from '../crypto/hash-lane.ts';
import { DUMMY_HASH, verifyPassword } from '../crypto/password.ts';

const signIns = new HashLane();
/** The most sign-ins that wait, at most a second of work. Further ones are refused while refusing is cheap. */
const WAITING = 32;

/** Checks a password against a PHC string. Without one (null), it takes as long and returns false. */
export async function isPassword(phc: string | null, password: string): Promise<boolean> {
  if (signIns.waiting >= WAITING) {
    throw new GatehouseError('overloaded', 'Too many people are signing in. Retry shortly.', {
      retryAfterSeconds: 2,
    });
  }
  return (await verifyPassword(phc ?? DUMMY_HASH, password, signIns)) && phc !== null;
}
