import type { LoginOptionCheck } from '@gatehouse/contract/login-option';
import type { VerifiedClaims } from '@gatehouse/contract/verified-claims';
import type { Egress } from '@gatehouse/egress/egress';

/** The portal's URLs, as the provider and the browser know them. */
export type SignInContext = {
  callbackUrl: string;
  /** SAML only: the URL of the service provider metadata. */
  metadataUrl: string;
  egress: Egress;
  now: Date;
};

/** State of a started sign-in. The browser keeps it, encrypted, until it comes back. */
export type PendingSignIn = { state: string; [name: string]: string };

/** The parameters that the browser brings back, from the query of a GET or the form of a POST. */
export type Answer = URLSearchParams;

/** Where to send the browser. With `form`, the browser posts these fields; without it, the browser is redirected. */
export type SignInStart = { url: string; begun: PendingSignIn; form?: Record<string, string> };

/** A protocol that redirects the browser to the provider and back. All methods throw `SsoError`. */
export type RedirectProtocol<Config> = {
  /** The response parameter that carries the state. */
  stateParameter: string;
  begin(config: Config, here: SignInContext): Promise<SignInStart>;
  finish(
    config: Config,
    here: SignInContext,
    callback: { begun: PendingSignIn; answer: Answer },
  ): Promise<VerifiedClaims>;
  check(config: Config, here: SignInContext): Promise<LoginOptionCheck[]>;
};
