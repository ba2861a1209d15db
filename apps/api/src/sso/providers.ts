import { GatehouseError, type ErrorCode } from '@gatehouse/contract/errors';
import type { RedirectOption, SsoOption } from '@gatehouse/contract/sso-option';
import type { VerifiedClaims } from '@gatehouse/contract/verified-claims';
import type { IdentityProviders } from '@gatehouse/core/kernel/context';
import { claimedAddress } from '@gatehouse/core/auth/claimed-email';
import { cas } from '@gatehouse/sso/cas';
import { ldap } from '@gatehouse/sso/ldap';
import { oidc } from '@gatehouse/sso/oidc';
import type { Egress } from '@gatehouse/egress/egress';
import type { Answer, Beginning, Begun, Here, RedirectProtocol } from '@gatehouse/sso/protocol';
import { saml, samlMetadata } from '@gatehouse/sso/saml';
import { SsoError, type SsoReason } from '@gatehouse/sso/sso-error';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { currentRequest } from '../http/current-request.ts';
import { LogThrottle } from '../http/log-throttle.ts';

type Deps = { egress: Egress; logger: Logger; clock: () => Date };
type Came = { begun: Begun; answer: Answer };

/** Every way to ask an identity provider. What goes wrong is logged in plain words, and thrown as what a caller may know. */
export type Providers = IdentityProviders & {
  begin(option: RedirectOption): Promise<Beginning>;
  finish(option: RedirectOption, came: Came): Promise<VerifiedClaims>;
  /** The state of the sign-in that an answer says it belongs to; empty where it says none. */
  stateOf(option: RedirectOption, answer: Answer): string;
  /** What a SAML provider must know of us. */
  metadata(option: Extract<SsoOption, { provider_type: 'saml' }>): Promise<string>;
};

export function createProviders({ egress, logger, clock }: Deps): Providers {
  const hereOf = ({ callbackUrl, metadataUrl }: SsoOption): Here => ({
    callbackUrl,
    metadataUrl,
    egress,
    now: clock(),
  });
  const told = async <T>(option: SsoOption, ask: () => Promise<T> | T): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof SsoError)) throw error;
      const { reason, message } = error;
      const line = { request_id: currentRequest().requestId, login_option: option.id, reason, detail: message };
      const level = PERSONAL.has(reason) ? 'info' : 'warn';
      LogThrottle.on(logger).write({ kind: `sign-in ${reason}`, level }, line, 'identity provider sign-in failed');
      throw meaningOf(option, error);
    }
  };
  /** The options whose provider sent an address that is none. An operator needs one line a minute, not one a sign-in. */
  const reported = new LRUCache<string, true>({ max: 1000, ttl: 60_000 });
  const noted = (option: SsoOption, claims: VerifiedClaims): VerifiedClaims => {
    if (claims.email === null || claimedAddress(claims) !== null || reported.has(option.id)) return claims;
    reported.set(option.id, true);
    const line = { request_id: currentRequest().requestId, login_option: option.id };
    logger.warn(line, 'identity provider email address dropped: it is not an address');
    return claims;
  };
  return {
    begin: (option) => told(option, () => protocolOf(option, hereOf(option)).begin()),
    finish: async (option, came) =>
      noted(option, await told(option, () => protocolOf(option, hereOf(option)).finish(came))),
    stateOf: (option, answer) => answer.get(protocolOf(option, hereOf(option)).stateParameter) ?? '',
    metadata: (option) => told(option, () => samlMetadata(option.config, hereOf(option))),
    async logIn(option, typed) {
      if (option.provider_type !== 'ldap') throw new Error('only a directory takes passwords here');
      return noted(option, await told(option, () => ldap.login(option.config, egress, typed)));
    },
    check: (option, username) =>
      option.provider_type === 'ldap'
        ? ldap.check(option.config, egress, username)
        : protocolOf(option, hereOf(option)).check(),
  };
}

/** The protocol of the option, and its config of the same. */
function protocolOf(option: RedirectOption, here: Here) {
  switch (option.provider_type) {
    case 'oidc':
      return bound(oidc, option.config, here);
    case 'saml':
      return bound(saml, option.config, here);
    case 'cas':
      return bound(cas, option.config, here);
  }
}

const bound = <Config>(protocol: RedirectProtocol<Config>, config: Config, here: Here) => ({
  stateParameter: protocol.stateParameter,
  begin: () => protocol.begin(config, here),
  finish: (came: Came) => protocol.finish(config, here, came),
  check: () => protocol.check(config, here),
});

/** Reasons caused by the person who signs in, not by the configuration. */
const PERSONAL: ReadonlySet<SsoReason> = new Set<SsoReason>(['refused', 'wrong_login']);

type Meaning = { code: ErrorCode; detail: string };

const BROKEN: Meaning = {
  code: 'dependency_down',
  detail: 'The identity provider cannot be asked just now. Try again later, or sign in another way.',
};
const MEANINGS: Record<SsoReason, Meaning> = {
  refused: { code: 'sign_in_refused', detail: 'The sign-in was broken off at the identity provider.' },
  wrong_login: { code: 'invalid_login', detail: 'The username or password is incorrect.' },
  invalid_answer: {
    code: 'sign_in_refused',
    detail: 'This answer of the identity provider does not count. Sign in anew.',
  },
  missing_attribute: {
    code: 'sign_in_refused',
    detail: 'The identity provider does not say what is needed about you. Ask those who run this portal.',
  },
  unreachable: BROKEN,
  address_not_allowed: BROKEN,
  bad_certificate: BROKEN,
  wrong_client: BROKEN,
  misconfigured: BROKEN,
};

function meaningOf({ provider_type }: SsoOption, error: SsoError): GatehouseError {
  // A form that is filled in here must not tell an account that is locked from one that is not there.
  const isLocked = provider_type === 'ldap' && error.reason === 'refused';
  const { code, detail } = MEANINGS[isLocked ? 'wrong_login' : error.reason];
  return new GatehouseError(code, detail, { cause: error });
}
