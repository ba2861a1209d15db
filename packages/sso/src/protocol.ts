import type { Outside } from './outside.ts';

/** Whom a provider vouches for. `subject` is what it never gives to another; the rest may change. */
export type Vouched = {
  subject: string;
  username: string | null;
  email: string | null;
  /** The provider says that the address is theirs; null: it does not say. */
  emailVerified: boolean | null;
  name: string | null;
  /** Of an answer that must count once: it is written down, and a second one with the same is refused. */
  once: string | null;
};

/** Where we are, as the provider and the browser know it. */
export type Here = {
  callbackUrl: string;
  /** SAML alone: where our metadata is. */
  metadataUrl: string;
  outside: Outside;
  now: Date;
};

/** What a sign-in that has begun needs to know when the browser comes back; kept there, encrypted. */
export type Begun = { state: string; [name: string]: string };

/** What the browser brings back: the query of a GET, the form of a POST. */
export type Answer = URLSearchParams;

/** A protocol that sends the browser to the provider and back. All throw `SsoError`. */
export type RedirectProtocol<Config> = {
  /** Where to send the browser. */
  begin(config: Config, here: Here): Promise<{ url: string; begun: Begun }>;
  finish(config: Config, here: Here, came: { begun: Begun; answer: Answer }): Promise<Vouched>;
  check(config: Config, here: Here): Promise<Check[]>;
};

/** What was found when a configuration was tried. `unknown`: only a sign-in can show it. */
export type Check = { name: string; status: 'passed' | 'failed' | 'unknown'; message: string };
