import type { LoginOptionCheck } from '@gatehouse/contract/login-option';
import type { SsoOption } from '@gatehouse/contract/sso-option';
import type { VerifiedClaims } from '@gatehouse/contract/verified-claims';
import type { Actor } from '@gatehouse/contract/actor';
import type { EntityManager } from '@mikro-orm/postgresql';

/** What a process knows from its configuration and core needs. */
export type Settings = {
  /** Signs cursors and links, and seals what must be read again; every process of an installation has the same. */
  secret: string;
  /** The former secret, until all secrets that it sealed are resealed. */
  previousSecret: string | null;
  /** Where this service is reached from outside; the host names our Message-IDs. */
  publicUrl: string;
  /** Whether a mail server is configured; without one mails are recorded and not sent. */
  smtpEnabled: boolean;
};

/** Asks identity providers, for core itself reaches nothing outside. All throw `GatehouseError`. */
export type IdentityProviders = {
  /** By a name and a password that are typed here: LDAP. */
  logIn(option: SsoOption, typed: { username: string; password: string }): Promise<VerifiedClaims>;
  /** Without a person; `username`: somebody to look for. */
  check(option: SsoOption, username: string | undefined): Promise<LoginOptionCheck[]>;
};

/** Where a call came from. Personal data: only `event_context` may hold it. */
export type RequestOrigin = { address: string | null; userAgent: string | null };

/** One call: who, when, with what. Made by the transport or the worker, never by core. */
export type Context = {
  em: EntityManager;
  actor: Actor;
  now: Date;
  requestId: string | null;
  /** Absent for work that the service does by itself. */
  origin?: RequestOrigin;
  settings: Settings;
  providers?: IdentityProviders;
  /** Called after each commit, with the targets whose remembered answers to gateways it ended. */
  onCommitted?: (revoked: readonly string[]) => void;
};

export function reachProviders({ providers }: { providers?: IdentityProviders | undefined }): IdentityProviders {
  if (!providers) throw new Error('this process reaches no identity providers');
  return providers;
}
