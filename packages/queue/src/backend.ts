import type { BackendFactory, IQueueBackend } from 'bullmq';

/** The storage of jobs: PostgreSQL or Redis, connected and tested. */
export type Backend = {
  /** Every BullMQ object requires a connection. `create` decides which connection is used for what. */
  connection: object;
  create: BackendFactory<IQueueBackend, object>;
  /** Rejects unless the backend accepts and hands out a job. */
  ping(): Promise<void>;
  /** Closes its connections. Close the BullMQ objects that use it first. */
  close(): Promise<void>;
};

/** A subset of pino's logger. */
export type Log = {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
};
