import type { Context } from '@gatehouse/core/kernel/context';
import type { Logger } from 'pino';
import type { Mailer } from './email/mailer.ts';
import type { Semaphore } from './semaphore.ts';

/** The dependencies of a handler. */
export type Deps = {
  /** Returns a new context with the current time. */
  context(): Context;
  mailer: Mailer;
  /** One permit for each mail that this process has claimed and not finished. */
  mailsInHand: Semaphore;
  /** Log only ids, and no addresses, secrets or other personal data. */
  log: Logger;
  /** Aborts when the process begins to stop. Work in batches then starts no further batch. */
  ending: AbortSignal;
  /** Aborts when the process stops and running work has used up its grace period. */
  stopping: AbortSignal;
};
