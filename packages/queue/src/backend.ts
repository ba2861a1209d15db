import type { BackendFactory, IQueueBackend } from 'bullmq';

/** What carries the jobs: PostgreSQL or Redis, connected and seen to work. */
export type Backend = {
  /** Given to every BullMQ object, which refuses to be without one; `create` knows which connection is used for what. */
  connection: object;
  create: BackendFactory<IQueueBackend, object>;
  /** Rejects when it does not take and hand out a job. */
  ping(): Promise<void>;
  /** Ends its connections; the BullMQ objects on it must have been closed before. */
  close(): Promise<void>;
};

/** A subset of pino's logger. */
export type Log = {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
};
