import { hashPassword } from '../crypto/password.ts';
import { assertPassword } from '../developer/password-rules.ts';

/** The most hashes that wait. Further ones are refused with 503. */
const QUEUE = 32;
/** NIST SP 800-63B-4, 3.1.1.2: where the password is the only factor. */
export const SHORTEST = 15;

type Owner = { name: string; email: string };

/** Hashes a new password of an operator. Throws if it breaks the rules that developers' passwords have by default. */
export async function hashOperatorPassword(
  password: string,
  { name, email }: Owner,
  field = 'password',
): Promise<string> {
  await assertPassword(password, { minimum: SHORTEST, names: [name, email], field });
  return hashPassword(password, { queue: QUEUE });
}
