/**
 * Why a sign-in failed. `refused`: the provider or the person declined. `wrong_login`: the username or password that
 * LDAP checks is incorrect. `invalid_answer`: the response is forged, replayed, expired, or meant for another service.
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

/** `message` tells admins what to fix. It contains no secret and no data from the provider's response. */
export class SsoError extends Error {
  readonly reason: SsoReason;

  constructor(reason: SsoReason, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'SsoError';
    this.reason = reason;
  }
}
