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

/** Milliseconds until the process exits after a request to stop, even if something hangs. */
const STOP_PATIENCE = 4800;

await runProgram({ logFields: { app: 'worker' }, readConfig, run });

/** Runs until asked to stop. */
async function run(config: Config, { log, stop }: Shell): Promise<void> {
  // A forgotten promise in a library must not interrupt mails in progress.
  process.on('unhandledRejection', (reason) => log.error(failure(reason), 'unhandled rejection'));
  const { directUrl: databaseUrl, redisUrl, redisPrefix: prefix, smtpUrl, mailFrom, dataDir } = config;
  if (dataDir !== null && smtpUrl === null) prepareDataDirectory(dataDir);
  stop.addEventListener('abort', () => setTimeout(() => process.exit(0), STOP_PATIENCE).unref());

  const { em } = createOrm({
    databaseUrl: config.databaseUrl,
    poolSize: config.poolSize,
    name: 'gatehouse-worker',
    limits: WORK_LIMITS,
    prepares: config.databaseUrl === databaseUrl,
  });
  const mailer = smtpUrl === null ? createRecordingMailer(dataDir, mailFrom) : createSmtpMailer({ smtpUrl, mailFrom });
  try {
    const queues = await connectQueues({ databaseUrl, redisUrl, prefix, log, signal: stop });
    const worker = createWorker({
      em,
      settings: config,
      databaseUrl,
      queues,
      mailer,
      log,
      retention: config.retention,
    });
    await worker.start();
    log.info({ queue: redisUrl ? 'redis' : 'postgres', mail: smtpUrl ? 'sent' : 'recorded' }, 'worker ready');
    tellReady();
    await whenAborted(stop);
    log.info({}, 'worker stopping');
    await worker.stop();
    await queues.close();
  } catch (error) {
    // The request to stop can arrive while the process still connects to the queue.
    if (!stop.aborted) throw error;
  }
}
