/**
 * Why the sign-in failed. `refused`: the provider or the person said no. `wrong_login`: the name or the password, which
 * LDAP asks for here. `invalid_answer`: what came back did not come from the provider, not for us, not now, or not once.
 */
export type SsoReason =
  | 'refused'
  | 'wrong_login'
  | 'invalid_answer'
  | 'missing_attribute'
  | 'unreachable'
  | 'address_not_allowed'
  | 'bad_certificate'
  | 'wrong_client'
  | 'misconfigured';

/** `message` is for the log and for admins: it says what to mend, and carries no secret and no answer of the provider. */
export class SsoError extends Error {
  readonly reason: SsoReason;

  constructor(reason: SsoReason, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'SsoError';
    this.reason = reason;
  }
}
