import { dictionary } from '@zxcvbn-ts/language-common';
import { fieldError } from '@gatehouse/contract/errors';
import type { Portal } from '@gatehouse/db/entities/portal.entity';

const common = new Set(dictionary['passwords-common']);

/** NIST SP 800-63B-4 3.1.1.2: a minimum length and a block list, no composition rules. */
export function assertGoodPassword(
  password: string,
  { portal, names, field = 'password' }: { portal: Portal; names: (string | undefined)[]; field?: string },
): void {
  const minimum = portal.settings.password_min_length;
  if ([...password].length < minimum) {
    throw fieldError('invalid_input', field, `Must have at least ${minimum} characters`);
  }
  assertUncommon(password, { field, names });
}

/** The block list is the list of leaked passwords that zxcvbn keeps, and the account's own names. */
export function assertUncommon(
  password: string,
  { field, names }: { field: string; names: (string | undefined)[] },
): void {
  const folded = password.toLowerCase();
  if (common.has(folded) || names.some((name) => name?.toLowerCase() === folded)) {
    throw fieldError(
      'password_too_common',
      field,
      'The password is one of those that are guessed first. Choose another.',
    );
  }
}
