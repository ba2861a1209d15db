import { setTimeout as delay } from 'node:timers/promises';
import { type Job, type JobType, Queue, withBackend } from 'bullmq';
import type { Backend, Log } from './backend.ts';
import { JOB_OPTIONS, JOBS, type JobPayload, LOCKS, QUEUE_NAMES, type QueueName } from './jobs.ts';
import { openPostgresBackend } from './postgres-backend.ts';
import { openRedisBackend } from './redis-backend.ts';
import { throttled } from './throttled.ts';

export type QueueOptions = {
  /** Leads to PostgreSQL itself: `listen` does not work through a pooler that shares its connections. */
  databaseUrl: string;
  /** Connections to PostgreSQL. Each worker occupies one to listen. */
  poolSize?: number;
  /** Null: the queue is on PostgreSQL. */
  redisUrl: string | null;
  /** Begins every key on Redis. The braces make it a hash tag, which BullMQ needs on a Redis Cluster. */
  prefix?: string;
  log: Log;
  /** Stops waiting for an unavailable backend. */
  signal?: AbortSignal;
};

/** `jobId`: not an integer, and without a colon. Adding an id that exists, in any state, does nothing. */
export type NewJob<N extends QueueName> = { name: N; data: JobPayload<N>; opts: { jobId: string } };

type JobQueue<N extends QueueName> = {
  addBulk(jobs: NewJob<N>[]): Promise<unknown>;
  getJobCounts(...states: JobType[]): Promise<Record<string, number>>;
  isPaused(): Promise<boolean>;
};

/** Runs the jobs of one queue. Payloads come from outside the process, so a handler must parse them. The dashboard shows the result. */
export type JobHandler = (job: Pick<Job<unknown>, 'id' | 'data' | 'attemptsMade'>) => Promise<unknown>;

export type Queues = {
  queue<N extends QueueName>(name: N): JobQueue<N>;
  /** Resolves when the worker accepts jobs. Closing the worker waits for running jobs. */
  worker(name: QueueName, handler: JobHandler): Promise<{ close(): Promise<void> }>;
  /** All queues, for the dashboard. */
  all(): Queue[];
  /** Rejects unless the backend accepts and hands out a job. */
  ping(): Promise<void>;
  /** Closes workers (waiting for running jobs), queues and connections. */
  close(): Promise<void>;
};

/** Two workers listen on one connection each. Running jobs share the others, because their statements are short. */
const WORKER_POOL = 6;
/** Milliseconds. */
const RETRY_PAUSE = 250;
/** Milliseconds until a worker asks for jobs again after a failure. BullMQ's default is 15 s. */
const RUN_RETRY_DELAY = 500;

/** Resolves when the backend works, its schema is current and the queues exist. Rejects only when `signal` aborts. */
export async function connectQueues(options: QueueOptions): Promise<Queues> {
  const { databaseUrl, poolSize = WORKER_POOL, redisUrl, prefix = '{gatehouse}', log, signal } = options;
  const backend =
    redisUrl === null
      ? openPostgresBackend({ databaseUrl, poolSize, log })
      : openRedisBackend({ redisUrl, prefix, log });
  const bullmq = withBackend(backend.create);
  const shared = { connection: backend.connection, prefix };
  const warn = throttled((error) => log.warn({ reason: error.message }, 'queue error'));
  const waiting = throttled((error) => log.warn({ reason: error.message }, 'waiting for the queue'));
  const ready = <T extends BullObject>(make: () => T): Promise<T> => untilReady({ backend, make, waiting, signal });
  const makeQueue = (name: QueueName) =>
    ready(() => new bullmq.Queue(name, { ...shared, defaultJobOptions: JOB_OPTIONS }).on('error', warn));

  const queues = await Promise.all([makeQueue('deliver-email'), makeQueue('erase-developer')]).then(
    ([deliverEmail, eraseDeveloper]) => ({ 'deliver-email': deliverEmail, 'erase-developer': eraseDeveloper }),
    async (error: unknown) => {
      await backend.close();
      throw error;
    },
  );
  const workers: { close(): Promise<void> }[] = [];
  return {
    queue: (name) => queues[name],
    async worker(name, handler) {
      const manners = { ...LOCKS, concurrency: JOBS[name].concurrency, runRetryDelay: RUN_RETRY_DELAY, autorun: false };
      const worker = await ready(() => new bullmq.Worker(name, handler, { ...shared, ...manners }).on('error', warn));
      worker.run().catch(warn);
      workers.push(worker);
      return worker;
    },
    all: () => QUEUE_NAMES.map((name): unknown => queues[name]).filter(isQueue),
    ping: () => backend.ping(),
    async close() {
      await Promise.all(workers.map((worker) => worker.close()));
      await Promise.all(QUEUE_NAMES.map((name) => queues[name].close()));
      await backend.close();
    },
  };
}

type BullObject = { waitUntilReady(): Promise<unknown>; close(): Promise<void> };
type Making<T> = {
  backend: Backend;
  make: () => T;
  waiting: (error: Error) => void;
  signal: AbortSignal | undefined;
};

/**
 * A BullMQ object that is created while its backend is down never recovers: a worker then does nothing, or freezes the
 * process. Therefore an object is created only once the backend responds, and discarded unless it becomes ready itself.
 * From then on it survives any outage.
 */
async function untilReady<T extends BullObject>({ backend, make, waiting, signal }: Making<T>): Promise<T> {
  for (;;) {
    signal?.throwIfAborted();
    let made: T | undefined;
    try {
      await backend.ping();
      made = make();
      await made.waitUntilReady();
      return made;
    } catch (error) {
      waiting(error instanceof Error ? error : new Error(String(error)));
      await made?.close().catch(() => undefined);
      await delay(RETRY_PAUSE, undefined, { signal });
    }
  }
}

/** The dashboard's queue type names Redis, but works with every backend. */
const isQueue = (value: unknown): value is Queue => value instanceof Queue;
