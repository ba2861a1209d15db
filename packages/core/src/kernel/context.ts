import type { LoginOptionCheck } from '@gatehouse/contract/login-option';
import type { SsoOption } from '@gatehouse/contract/sso-option';
import type { VerifiedClaims } from '@gatehouse/contract/verified-claims';
import type { Actor } from '@gatehouse/contract/actor';
import type { Locale } from '@gatehouse/contract/locale';
import type { ReadReplica } from '@gatehouse/db/read-replica';
import type { EntityManager } from '@mikro-orm/postgresql';

/** The settings of the process that core needs. */
export type Settings = {
  /** Signs cursors and links, and encrypts secrets that must be read again. All processes share it. */
  secret: string;
  /** The former secret, until every secret that it encrypted is encrypted with the new one. */
  previousSecret: string | null;
  /** The public address of this service. Message-IDs contain its host. */
  publicUrl: string;
  /** Whether a mail server is configured. Without one, mails are recorded but not sent. */
  smtpEnabled: boolean;
};

/** Core connects to nothing but the database, so the api passes in these calls. All throw `GatehouseError`. */
export type IdentityProviders = {
  /** Checks a username and password that a person typed here (LDAP). */
  logIn(option: SsoOption, typed: { username: string; password: string }): Promise<VerifiedClaims>;
  /** Tests the configuration without a person signing in. `username`: an entry to look up. */
  check(option: SsoOption, username: string | undefined): Promise<LoginOptionCheck[]>;
};

/** Where a call came from. This is personal data, so only `event_context` may hold it. */
export type RequestOrigin = { address: string | null; userAgent: string | null };

/** A console session. Its secret leaves in a cookie only, never in a response body. */
export type NewConsoleSession = { secret: string; expiresAt: Date };

/** The circumstances of one call. The transport or the worker creates it, never core. */
export type Context = {
  em: EntityManager;
  /** Where queries may read instead of `em`. */
  replica?: ReadReplica | undefined;
  actor: Actor;
  now: Date;
  requestId: string | null;
  /** The language that the caller prefers (`Accept-Language`), if we speak it. */
  locale?: Locale | null;
  /** Absent for scheduled work of the service. */
  origin?: RequestOrigin;
  settings: Settings;
  providers?: IdentityProviders;
  /** Called after each commit with the targets whose cached gateway decisions it revoked. */
  onCommitted?: (revoked: readonly string[]) => void;
  /** Called after a commit that began a console session. */
  onSession?: (session: NewConsoleSession) => void;
};

export function reachProviders({ providers }: { providers?: IdentityProviders | undefined }): IdentityProviders {
  if (!providers) throw new Error('this process reaches no identity providers');
  return providers;
}
