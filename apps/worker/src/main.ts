import { createOrm } from '@gatehouse/db/orm';
import { WORK_LIMITS } from '@gatehouse/postgres/limits';
import { NEEDS_DIRECT_URL, sharesConnections } from '@gatehouse/postgres/pooler';
import { connectQueues } from '@gatehouse/queue/queues';
import { prepareDataDirectory } from '@gatehouse/process/data-directory';
import { SettingError } from '@gatehouse/process/environment';
import { pino, type Logger } from 'pino';
import { type Config, readConfig } from './config.ts';
import { createRecordingMailer } from './email/recording-mailer.ts';
import { createSmtpMailer } from './email/smtp-mailer.ts';
import { failure } from './failure.ts';
import { createWorker } from './worker.ts';

/** Milliseconds from the request to stop until the end, whatever may still hang. */
const STOP_PATIENCE = 4800;

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
// The process that started this one is gone.
process.once('disconnect', () => stop.abort());

process.exit(await main());

async function main(): Promise<number> {
  try {
    const config = readConfig();
    await run(
      config,
      pino({ level: config.logLevel, base: { app: 'worker' }, timestamp: pino.stdTimeFunctions.isoTime }),
    );
    return 0;
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

/** Works until asked to stop. */
async function run(config: Config, log: Logger): Promise<void> {
  // A library that forgets a promise must not take the mails at hand down with it.
  process.on('unhandledRejection', (reason) => log.error(failure(reason), 'unhandled rejection'));
  const { directUrl: databaseUrl, redisUrl, redisPrefix: prefix, smtpUrl, mailFrom, dataDir, settings } = config;
  if (await sharesConnections(databaseUrl)) throw new SettingError(NEEDS_DIRECT_URL);
  const { signal } = stop;
  log.info({ settings: config.understood }, 'settings');
  if (dataDir !== null && smtpUrl === null) prepareDataDirectory(dataDir);
  signal.addEventListener('abort', () => setTimeout(() => process.exit(0), STOP_PATIENCE).unref());

  const { em } = await createOrm({
    databaseUrl: config.databaseUrl,
    poolSize: config.poolSize,
    name: 'gatehouse-worker',
    prepares: config.databaseUrl === databaseUrl,
    limits: WORK_LIMITS,
  });
  const mailer = smtpUrl === null ? createRecordingMailer(dataDir, mailFrom) : createSmtpMailer({ smtpUrl, mailFrom });
  try {
    const queues = await connectQueues({ databaseUrl, redisUrl, prefix, log, signal });
    const worker = createWorker({ em, settings, databaseUrl, queues, mailer, log });
    await worker.start();
    log.info({ queue: redisUrl ? 'redis' : 'postgres', mail: smtpUrl ? 'sent' : 'recorded' }, 'worker ready');
    process.send?.({ type: 'ready' });
    await aborted(signal);
    log.info({}, 'worker stopping');
    await worker.stop();
    await queues.close();
  } catch (error) {
    // Asked to stop while it was still waiting for the queue.
    if (!signal.aborted) throw error;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
