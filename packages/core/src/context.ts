import type { Actor } from '@gatehouse/contract/actor';
import type { EntityManager } from '@mikro-orm/postgresql';

/** What a process knows from its configuration and core needs. */
export type Settings = {
  /** Signs cursors; every process of an installation has the same. */
  secret: string;
  /** Where this service is reached from outside; the host names our Message-IDs. */
  publicUrl: string;
  /** Whether a mail server is configured; without one mails are recorded and not sent. */
  smtpEnabled: boolean;
};

/** One call: who, when, with what. Made by the transport or the worker, never by core. */
export type Context = {
  em: EntityManager;
  actor: Actor;
  now: Date;
  requestId: string | null;
  settings: Settings;
  /** Told at once of what gateways may no longer be answered from memory, when it is committed. */
  onRevoked?: (targets: readonly string[]) => void;
};
