import { createOrm } from '@gatehouse/db/orm';
import { WORK_LIMITS } from '@gatehouse/postgres/limits';
import { prepareDataDirectory } from '@gatehouse/process/data-directory';
import { runProgram, type Shell, tellReady, whenAborted } from '@gatehouse/process/run-program';
import { connectQueues } from '@gatehouse/queue/queues';
import { type Config, readConfig } from './config.ts';
import { createRecordingMailer } from './email/recording-mailer.ts';
import { createSmtpMailer } from './email/smtp-mailer.ts';
import { failure } from './failure.ts';
import { createWorker } from './worker.ts';

/** Milliseconds from the request to stop until the end, whatever may still hang. */
const STOP_PATIENCE = 4800;

await runProgram({ logFields: { app: 'worker' }, readConfig, run });

/** Works until asked to stop. */
async function run(config: Config, { log, stop }: Shell): Promise<void> {
  // A library that forgets a promise must not interrupt the mails that are being sent.
  process.on('unhandledRejection', (reason) => log.error(failure(reason), 'unhandled rejection'));
  const { directUrl: databaseUrl, redisUrl, redisPrefix: prefix, smtpUrl, mailFrom, dataDir } = config;
  if (dataDir !== null && smtpUrl === null) prepareDataDirectory(dataDir);
  stop.addEventListener('abort', () => setTimeout(() => process.exit(0), STOP_PATIENCE).unref());

  const { em } = await createOrm({
    databaseUrl: config.databaseUrl,
    poolSize: config.poolSize,
    name: 'gatehouse-worker',
    limits: WORK_LIMITS,
  });
  const mailer = smtpUrl === null ? createRecordingMailer(dataDir, mailFrom) : createSmtpMailer({ smtpUrl, mailFrom });
  try {
    const queues = await connectQueues({ databaseUrl, redisUrl, prefix, log, signal: stop });
    const worker = createWorker({ em, settings: config, databaseUrl, queues, mailer, log });
    await worker.start();
    log.info({ queue: redisUrl ? 'redis' : 'postgres', mail: smtpUrl ? 'sent' : 'recorded' }, 'worker ready');
    tellReady();
    await whenAborted(stop);
    log.info({}, 'worker stopping');
    await worker.stop();
    await queues.close();
  } catch (error) {
    // Asked to stop while it was still connecting to the queue.
    if (!stop.aborted) throw error;
  }
}
