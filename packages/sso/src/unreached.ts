import { EgressError } from '@gatehouse/egress/egress-error';
import { SsoError } from './sso-error.ts';

const OF_CERTIFICATES = /(^|_)CERT(_|$)|^UNABLE_TO_|^HOSTNAME_MISMATCH$|^INVALID_(CA|PURPOSE)$/;

const ADVICE = {
  unreachable: '',
  address_not_allowed: ' To allow it, add its network to SSO_ALLOWED_NETWORKS.',
};

/** Explains why a request to the host failed. */
export function unreached(error: unknown, host: string): SsoError {
  const causes = causesOf(error);
  const guarded = causes.find((cause) => cause instanceof EgressError);
  if (guarded) return new SsoError(guarded.reason, guarded.message + ADVICE[guarded.reason], error);
  if (causes.some((cause) => 'code' in cause && OF_CERTIFICATES.test(String(cause.code))))
    return new SsoError(
      'bad_certificate',
      `The certificate of ${host} does not match the host, has expired, or is not signed by a trusted authority.`,
      error,
    );
  return new SsoError('unreachable', `${host} does not respond, responds too slowly, or closes the connection.`, error);
}

/** The error and its chain of causes. */
export function causesOf(error: unknown): Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}
