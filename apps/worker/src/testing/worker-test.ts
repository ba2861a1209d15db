import { newId } from '@gatehouse/db/columns';
import { inviteDeveloper } from '@gatehouse/core/developer/invite-developer';
import { createPortal } from '@gatehouse/core/portal/create-portal';
import type { Context } from '@gatehouse/core/kernel/context';
import { FOR_EVER } from '@gatehouse/db/partitioned-tables';
import { createOrm } from '@gatehouse/db/orm';
import { createTestDatabase } from '@gatehouse/testing/database';
import { prepareQueue } from '@gatehouse/queue/postgres-backend';
import { connectQueues, type Queues } from '@gatehouse/queue/queues';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Deps } from '../deps.ts';
import type { Mailer } from '../email/mailer.ts';
import { createSmtpMailer } from '../email/smtp-mailer.ts';
import { createSemaphore } from '../semaphore.ts';
import { createWorker, MOST_IN_HAND, type Worker } from '../worker.ts';

const settings = {
  secret: 'a secret of at least thirty-two characters',
  previousSecret: null,
  publicUrl: 'https://gatehouse.example',
  smtpEnabled: false,
};
export const mailFrom = { name: 'Gatehouse', email: 'gatehouse@example.com' };
/** Milliseconds. Short, because tests wait for them. */
const timeouts = { connection: 1000, greeting: 1000, socket: 1000, total: 3000 };

export const smtpMailer = (smtpUrl: string): Mailer => createSmtpMailer({ smtpUrl, mailFrom, timeouts });

/** The environment of the worker tests: a separate database that includes the queue. */
export type Bench = {
  databaseUrl: string;
  em: Context['em'];
  queues: Queues;
  portalId: string;
  /** A developer without an email address. `uid` is the internal id. */
  developer: { uid: string; developerId: string };
  context(): Context;
  deps(mailer: Mailer): Deps;
  /** A worker that runs jobs until it is stopped. */
  worker(mailer: Mailer): Promise<Worker & AsyncDisposable>;
  rows<T>(sql: string, params?: unknown[]): Promise<T[]>;
};

const silent = pino({ level: 'silent' });

/** Shares one bench between all tests of a file, and resets it before each test. */
export function workerTest(): () => Bench {
  let bench: Bench | undefined;
  let closeAll = (): Promise<void> => Promise.resolve();
  beforeAll(async () => {
    const database = await createTestDatabase();
    const databaseUrl = database.url;
    await prepareQueue(databaseUrl);
    const orm = createOrm({ databaseUrl, poolSize: 24 });
    const connect = () => connectQueues({ databaseUrl, redisUrl: null, log: silent });
    const queues = await connect();
    bench = await makeBench({ databaseUrl, em: orm.em, queues, connect });
    closeAll = async () => {
      await queues.close();
      await orm.close();
      await database[Symbol.asyncDispose]();
    };
  });
  beforeEach(async () => {
    await bench?.rows('delete from outbox returning 1');
    await bench?.rows('delete from email returning 1');
    await bench?.rows('delete from bullmq.job returning 1');
  });
  afterAll(() => closeAll());
  return () => {
    if (!bench) throw new Error('the bench is available only inside tests');
    return bench;
  };
}

type Parts = Pick<Bench, 'databaseUrl' | 'em' | 'queues'> & { connect(): Promise<Queues> };

async function makeBench({ databaseUrl, em, queues, connect }: Parts): Promise<Bench> {
  const context = (): Context => ({
    em,
    actor: { kind: 'system', id: 'worker' },
    now: new Date(),
    requestId: null,
    settings,
  });
  const slug = `p-${newId()}`;
  const { id: portalId } = await createPortal.execute(context(), { name: 'Portal', slug });
  const person = { portal_id: portalId, username: 'ada', password: 'correct horse battery staple' };
  const { id: uid, developer_id: developerId } = await inviteDeveloper.execute(context(), person);
  return {
    databaseUrl,
    em,
    queues,
    portalId,
    developer: { uid, developerId },
    context,
    deps: (mailer) => ({
      context,
      mailer,
      mailsInHand: createSemaphore(MOST_IN_HAND),
      log: silent,
      ending: new AbortController().signal,
      stopping: new AbortController().signal,
    }),
    async worker(mailer) {
      const own = await connect();
      const worker = createWorker({ em, settings, databaseUrl, queues: own, mailer, log: silent, retention: FOR_EVER });
      await worker.start();
      return {
        ...worker,
        async [Symbol.asyncDispose]() {
          await worker.stop(100);
          await own.close();
        },
      };
    },
    rows: (sql, params = []) => em.fork().execute(sql, params),
  };
}

/** Polls until the condition is true. Rejects after ten seconds. */
export async function eventually(what: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await what())) {
    if (performance.now() > deadline) throw new Error('the condition was not met within ten seconds');
    await delay(20);
  }
}
