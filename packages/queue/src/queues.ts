import { setTimeout as delay } from 'node:timers/promises';
import { type Job, type JobType, Queue, withBackend } from 'bullmq';
import type { Backend, Log } from './backend.ts';
import { JOB_OPTIONS, JOBS, type JobPayload, LOCKS, QUEUE_NAMES, type QueueName } from './jobs.ts';
import { openPostgresBackend } from './postgres-backend.ts';
import { openRedisBackend } from './redis-backend.ts';
import { throttled } from './throttled.ts';

export type QueueOptions = {
  /** Of PostgreSQL itself: listening does not work through a pooler that shares its connections. */
  databaseUrl: string;
  /** Connections to PostgreSQL, of which each worker keeps one to listen. */
  poolSize?: number;
  /** Null: the queue is on the database. */
  redisUrl: string | null;
  /** Begins every key on Redis. In braces it is a hash tag, without which BullMQ does not work on a Redis Cluster. */
  prefix?: string;
  log: Log;
  /** Ends the wait for a backend that does not come up. */
  signal?: AbortSignal;
};

/** `jobId`: no integer and without a colon. Adding one that exists, in whatever state, does nothing. */
export type NewJob<N extends QueueName> = { name: N; data: JobPayload<N>; opts: { jobId: string } };

type JobQueue<N extends QueueName> = {
  addBulk(jobs: NewJob<N>[]): Promise<unknown>;
  getJobCounts(...states: JobType[]): Promise<Record<string, number>>;
  isPaused(): Promise<boolean>;
};

/** Does the work of one queue. What the payload holds was outside of the process: parse it. */
export type JobHandler = (job: Pick<Job<unknown>, 'id' | 'data' | 'attemptsMade'>) => Promise<void>;

export type Queues = {
  queue<N extends QueueName>(name: N): JobQueue<N>;
  /** Resolves when it takes jobs. Closing it waits for the jobs at work. */
  worker(name: QueueName, handler: JobHandler): Promise<{ close(): Promise<void> }>;
  /** All queues, as the dashboard takes them. */
  all(): Queue[];
  /** Rejects when the backend does not take and hand out a job. */
  ping(): Promise<void>;
  /** Closes workers (see there), queues and connections. */
  close(): Promise<void>;
};

/** Two workers listen, and the jobs at work share the rest: their statements are short. */
const WORKER_POOL = 6;
/** Milliseconds. */
const RETRY_PAUSE = 250;
/** Milliseconds until a worker asks for jobs again after a failure; BullMQ's own is 15 s. */
const RUN_RETRY_DELAY = 500;

/**
 * Resolves when the backend answers, its schema fits and the queues are made. Rejects only when `signal` aborts.
 */
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
    ready(() => new bullmq.Queue<unknown, void>(name, { ...shared, defaultJobOptions: JOB_OPTIONS }).on('error', warn));

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
      const worker = await ready(() =>
        new bullmq.Worker<unknown, void>(name, handler, { ...shared, ...manners }).on('error', warn),
      );
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
 * A BullMQ object that was made before its backend was there remembers that for ever, and a worker that runs then does
 * nothing at all, or freezes the process. So one is made when the backend answers, and thrown away unless it has come
 * up itself; from then on it survives whatever the backend does.
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

/** The dashboard's type of a queue says Redis, whatever the queue is on. */
const isQueue = (value: unknown): value is Queue => value instanceof Queue;
