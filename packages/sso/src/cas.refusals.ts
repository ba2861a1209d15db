import { SsoError, type SsoReason } from './sso-error.ts';

const REFUSED = ['refused', 'The CAS server does not vouch for this sign-in.'] as const;
const NOT_UNDERSTOOD = ['misconfigured', 'The CAS server does not understand the question after a ticket.'] as const;

/** By the code of an authenticationFailure (CAS 3.0, 2.5.3); `no` is the whole answer of CAS 1.0. */
const REFUSALS = new Map<string, readonly [reason: SsoReason, message: string]>([
  ['no', REFUSED],
  ['INVALID_TICKET', ['invalid_answer', 'The ticket is not of the CAS server, has expired, or was used already.']],
  ['INVALID_SERVICE', ['invalid_answer', 'The ticket is for another service than this.']],
  [
    'UNAUTHORIZED_SERVICE',
    ['wrong_client', 'The CAS server does not know this service: register the callback_url there.'],
  ],
  ['INVALID_REQUEST', NOT_UNDERSTOOD],
  ['INVALID_TICKET_SPEC', NOT_UNDERSTOOD],
  ['UNAUTHORIZED_SERVICE_PROXY', NOT_UNDERSTOOD],
  ['INVALID_PROXY_CALLBACK', NOT_UNDERSTOOD],
  ['INTERNAL_ERROR', ['unreachable', 'The CAS server has failed.']],
]);

export function refusalOf(code: string): SsoError {
  const [reason, message] = REFUSALS.get(code) ?? REFUSED;
  return new SsoError(reason, message);
}
