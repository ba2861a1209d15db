import { ResultCodeError } from 'ldapts';
import { SsoError, type SsoReason } from './sso-error.ts';

type Meanings = Partial<Record<number, readonly [reason: SsoReason, message: string]>>;

/** Keyed by result code (RFC 4511, appendix A). The tables of single steps take precedence. */
const MEANINGS: Meanings = {
  1: ['misconfigured', 'The LDAP server requires a bind_dn.'],
  3: ['unreachable', 'The LDAP server ran out of time for the search.'],
  7: ['misconfigured', 'The LDAP server does not accept passwords (simple bind).'],
  8: [
    'misconfigured',
    'The LDAP server requires stronger authentication than a password, such as a client certificate.',
  ],
  10: ['misconfigured', 'The LDAP server refers to another server. Set host to that server.'],
  11: [
    'misconfigured',
    'The search is too large for the LDAP server. Choose a narrower base_dn, or index the identifier in the directory.',
  ],
  13: ['misconfigured', 'The LDAP server requires a more confidential connection.'],
  17: ['misconfigured', 'The LDAP server does not know the identifier.'],
  18: ['misconfigured', 'The LDAP server cannot search by this identifier.'],
  48: ['misconfigured', 'The LDAP server rejects anonymous binds, or passwords for this entry. Set bind_dn.'],
  50: ['misconfigured', 'The LDAP server does not allow bind_dn to perform this request.'],
  51: ['unreachable', 'The LDAP server is busy.'],
  52: ['unreachable', 'The LDAP server is currently unavailable.'],
  53: ['misconfigured', 'The LDAP server is unwilling to perform the request. See its log.'],
};

export const SERVICE_BIND: Meanings = {
  32: ['wrong_client', 'The LDAP server does not know bind_dn.'],
  34: ['misconfigured', 'bind_dn is not a distinguished name.'],
  49: ['wrong_client', 'bind_dn or bind_password is incorrect.'],
};
export const SEARCH: Meanings = {
  32: ['misconfigured', 'base_dn does not exist, or bind_dn is not allowed to read it.'],
  34: ['misconfigured', 'base_dn is not a distinguished name.'],
};
/** Some directories report a locked account as "unwilling to perform" or "constraint violation". */
export const PERSON_BIND: Meanings = {
  19: ['refused', 'The LDAP server rejects this person. The account may be locked.'],
  49: ['wrong_login', 'The username or password is incorrect.'],
  53: ['refused', 'The LDAP server rejects this person. The account may be inactive.'],
};

export async function meaning<T>(meanings: Meanings, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof ResultCodeError))
      throw new SsoError('unreachable', 'The LDAP server did not respond in time, or closed the connection.', error);
    const [reason, message] = meanings[error.code] ??
      MEANINGS[error.code] ?? [
        'misconfigured',
        `The LDAP server rejected the request with result code ${String(error.code)}.`,
      ];
    throw new SsoError(reason, message, error);
  }
}
