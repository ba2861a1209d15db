import { randomBytes } from 'node:crypto';
import type { CasConfig } from '@gatehouse/contract/login-option-config';
import type { VerifiedClaims } from '@gatehouse/contract/verified-claims';
import { attributeValue } from './attribute-value.ts';
import { check } from './cas.check.ts';
import { refusalOf } from './cas.refusals.ts';
import { casUrl, serviceOf, validate, type Validation } from './cas.validate.ts';
import type { Answer, RedirectProtocol } from './protocol.ts';
import { SsoError } from './sso-error.ts';

/** CAS 3.0. */
export const cas: RedirectProtocol<CasConfig> = {
  // CAS has no state parameter, so the state travels in the query of the service URL.
  stateParameter: 'state',
  async begin(config, { callbackUrl }) {
    const state = randomBytes(32).toString('base64url');
    return { url: casUrl(config, 'login', { service: serviceOf(callbackUrl, state) }), begun: { state } };
  },
  async finish(config, { callbackUrl, egress }, { begun, answer }) {
    if (answer.getAll('state').join(' ') !== begun.state)
      throw new SsoError('invalid_answer', 'The response belongs to a sign-in that this browser did not start.');
    const ticket = ticketIn(answer);
    const validation = await validate(config, egress, { service: serviceOf(callbackUrl, begun.state), ticket });
    if ('refusedAs' in validation) throw refusalOf(validation.refusedAs);
    return { ...fieldsOf(config, validation), emailVerified: null, once: ticket };
  },
  check,
};

/** Accepts only service tickets (ST), not proxy tickets (PT). */
function ticketIn(answer: Answer): string {
  const [ticket, another] = answer.getAll('ticket');
  if (ticket === undefined) throw new SsoError('refused', 'The CAS server sent the browser back without a ticket.');
  if (another !== undefined || !/^ST-[\w.-]{1,256}$/.test(ticket))
    throw new SsoError('invalid_answer', 'The response must contain exactly one CAS service ticket.');
  return ticket;
}

/** Defaults: username from the CAS user, email from `mail` or `email`, name from `displayName`, `cn` or `name`. */
function fieldsOf(
  { attributes: named }: CasConfig,
  { user, attributes }: Exclude<Validation, { refusedAs: string }>,
): Pick<VerifiedClaims, 'subject' | 'username' | 'email' | 'name'> {
  const first = (name: string | undefined, usual: string[]): string | null =>
    (name === undefined ? usual : [name])
      .map((each) => attributeValue(attributes.get(each)))
      .find((value) => value !== null) ?? null;
  return {
    subject: user,
    username: named.username === undefined ? user : first(named.username, []),
    email: first(named.email, ['mail', 'email']),
    name: first(named.name, ['displayName', 'cn', 'name']),
  };
}
