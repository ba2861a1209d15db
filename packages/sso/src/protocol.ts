import type { LoginOptionCheck } from '@gatehouse/contract/login-option';
import type { VerifiedClaims } from '@gatehouse/contract/verified-claims';
import type { Egress } from '@gatehouse/egress/egress';

/** Where we are, as the provider and the browser know it. */
export type Here = {
  callbackUrl: string;
  /** SAML alone: where our metadata is. */
  metadataUrl: string;
  egress: Egress;
  now: Date;
};

/** What a sign-in that has begun needs to know when the browser comes back; kept there, encrypted. */
export type Begun = { state: string; [name: string]: string };

/** What the browser brings back: the query of a GET, the form of a POST. */
export type Answer = URLSearchParams;

/** Where to send the browser. `form`: the fields that it must post there; absent: it is redirected. */
export type Beginning = { url: string; begun: Begun; form?: Record<string, string> };

/** A protocol that sends the browser to the provider and back. All throw `SsoError`. */
export type RedirectProtocol<Config> = {
  /** Where an answer carries the state of the sign-in it belongs to. */
  stateParameter: string;
  begin(config: Config, here: Here): Promise<Beginning>;
  finish(config: Config, here: Here, came: { begun: Begun; answer: Answer }): Promise<VerifiedClaims>;
  check(config: Config, here: Here): Promise<LoginOptionCheck[]>;
};
