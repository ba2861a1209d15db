import type { Context } from '@gatehouse/core/kernel/context';
import type { Logger } from 'pino';
import type { Mailer } from './email/mailer.ts';

/** What a handler works with. */
export type Deps = {
  /** A fresh context: the time is that of the call. */
  context(): Context;
  mailer: Mailer;
  /** Ids only: no address, no secret, no personal value. */
  log: Logger;
  /** Aborts when the process begins to stop: work in batches begins no further one. */
  ending: AbortSignal;
  /** Aborts when the process stops and the time that work at hand was given is over. */
  stopping: AbortSignal;
};
