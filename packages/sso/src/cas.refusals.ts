import { SsoError, type SsoReason } from './sso-error.ts';

const REFUSED = ['refused', 'The CAS server rejected this sign-in.'] as const;
const NOT_UNDERSTOOD = ['misconfigured', 'The CAS server rejected the validation request.'] as const;

/** Keyed by the code of an authenticationFailure (CAS 3.0, section 2.5.3). `no` is the CAS 1.0 response. */
const REFUSALS = new Map<string, readonly [reason: SsoReason, message: string]>([
  ['no', REFUSED],
  ['INVALID_TICKET', ['invalid_answer', 'The CAS ticket is unknown, has expired, or was already used.']],
  ['INVALID_SERVICE', ['invalid_answer', 'The CAS ticket was issued for another service.']],
  [
    'UNAUTHORIZED_SERVICE',
    ['wrong_client', 'The CAS server does not know this service. Register the callback_url there.'],
  ],
  ['INVALID_REQUEST', NOT_UNDERSTOOD],
  ['INVALID_TICKET_SPEC', NOT_UNDERSTOOD],
  ['UNAUTHORIZED_SERVICE_PROXY', NOT_UNDERSTOOD],
  ['INVALID_PROXY_CALLBACK', NOT_UNDERSTOOD],
  ['INTERNAL_ERROR', ['unreachable', 'The CAS server reported an internal error.']],
]);

export function refusalOf(code: string): SsoError {
  const [reason, message] = REFUSALS.get(code) ?? REFUSED;
  return new SsoError(reason, message);
}
