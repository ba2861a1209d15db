import { ResultCodeError } from 'ldapts';
import { SsoError, type SsoReason } from './sso-error.ts';

type Meanings = Partial<Record<number, readonly [reason: SsoReason, message: string]>>;

/** By result code (RFC 4511, appendix A), where the step that failed does not know better. */
const MEANINGS: Meanings = {
  1: ['misconfigured', 'The LDAP server requires a bind_dn.'],
  3: ['unreachable', 'The LDAP server ran out of time for the search.'],
  7: ['misconfigured', 'The LDAP server does not accept passwords (simple bind).'],
  8: [
    'misconfigured',
    'The LDAP server requires stronger authentication than a password, such as a client certificate.',
  ],
  10: ['misconfigured', 'The LDAP server refers to another server. Name that one as the host.'],
  11: ['misconfigured', 'The search is too large for the LDAP server. Narrow base_dn, or index the identifier there.'],
  13: ['misconfigured', 'The LDAP server requires a more confidential connection.'],
  17: ['misconfigured', 'The LDAP server does not know the identifier.'],
  18: ['misconfigured', 'The LDAP server cannot search by this identifier.'],
  48: [
    'misconfigured',
    'The LDAP server does not accept an anonymous bind, or a password for this entry. Set bind_dn.',
  ],
  50: ['misconfigured', 'bind_dn is not allowed to do this at the LDAP server.'],
  51: ['unreachable', 'The LDAP server is busy.'],
  52: ['unreachable', 'The LDAP server is currently unavailable.'],
  53: ['misconfigured', 'The LDAP server is unwilling to perform the request. See its log.'],
};

export const SERVICE_BIND: Meanings = {
  32: ['wrong_client', 'bind_dn is not known to the LDAP server.'],
  34: ['misconfigured', 'bind_dn is not a distinguished name.'],
  49: ['wrong_client', 'bind_dn or bind_password is wrong.'],
};
export const SEARCH: Meanings = {
  32: ['misconfigured', 'base_dn does not exist, or bind_dn is not allowed to read it.'],
  34: ['misconfigured', 'base_dn is not a distinguished name.'],
};
/** Some directories say of accounts that are locked that they are unwilling, or that a constraint is violated. */
export const PERSON_BIND: Meanings = {
  19: ['refused', 'The LDAP server refuses this person. The account may be locked.'],
  49: ['wrong_login', 'The username or password is incorrect.'],
  53: ['refused', 'The LDAP server refuses this person. The account may be inactive.'],
};

export async function meaning<T>(meanings: Meanings, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof ResultCodeError))
      throw new SsoError('unreachable', 'The LDAP server did not answer in time, or closed the connection.', error);
    const [reason, message] = meanings[error.code] ??
      MEANINGS[error.code] ?? ['misconfigured', `The LDAP server refuses with result code ${String(error.code)}.`];
    throw new SsoError(reason, message, error);
  }
}
