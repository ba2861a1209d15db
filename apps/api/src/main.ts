import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import { GatehouseError } from '@gatehouse/contract/errors';
import { DatabaseClock } from '@gatehouse/db/database-clock';
import { countBacklog } from '@gatehouse/core/email/count-backlog';
import { createOrm } from '@gatehouse/db/orm';
import { NEEDS_DIRECT_URL, sharesConnections } from '@gatehouse/postgres/pooler';
import { connectQueues, type Queues } from '@gatehouse/queue/queues';
import { pino, type Logger } from 'pino';
import { createApp } from './app.ts';
import { keepBootstrapToken } from './bootstrap-token.ts';
import { readConfig, type Config } from './config.ts';
import { countPool, plainDatabase } from './database.ts';
import { gatewayFirst, openGateway } from './gateway/open-gateway.ts';
import { addressOf } from '@gatehouse/process/address';
import { SettingError } from '@gatehouse/process/environment';
import { openEgress } from '@gatehouse/egress/egress';
import { PROVIDER_LIMITS } from '@gatehouse/sso/provider-limits';
import { createMetrics } from './http/metrics.ts';
import { unlimited } from './http/rate-limit.ts';
import { openRateLimits } from './http/rate-limit-store.ts';
import { trustedProxies } from './http/trusted-proxies.ts';
import { createProviders } from './sso/providers.ts';
import { createHttpServer, listen, ListenError } from './server.ts';

/** Connections for the queue dashboard and the readiness: the api works on no job. */
const QUEUE_POOL = 3;
/** Milliseconds that the start waits for the database: for its time, and for the admin token. Both may come later. */
const DATABASE_PATIENCE = 2000;

/** Resolves when the process has been asked to end and everything is closed. */
async function run(config: Config, logger: Logger, stop: AbortSignal): Promise<void> {
  if (await sharesConnections(config.directUrl)) throw new SettingError(NEEDS_DIRECT_URL);
  await using cleanUp = new AsyncDisposableStack();
  logger.info({ settings: config.understood }, 'settings');
  const orm = await createOrm({
    databaseUrl: config.databaseUrl,
    poolSize: config.poolSize,
    name: 'gatehouse-api',
    prepares: config.databaseUrl === config.directUrl,
  });
  cleanUp.defer(() => orm.close());
  const limits = config.rateLimits ? openRateLimits({ ...config, database: plainDatabase(orm), logger }) : unlimited;
  cleanUp.defer(() => limits.close());
  const queues = reachQueues(config, logger, stop);
  cleanUp.defer(() => queues.close());

  const databaseClock = new DatabaseClock(orm.em);
  const clock = (): Date => databaseClock.now();
  // A database that is away answers later: the watch of revocations learns the time then.
  await atMost(
    DATABASE_PATIENCE,
    databaseClock.ask().catch(() => undefined),
  );
  const isDraining = (): boolean => stop.aborted;
  const metrics = createMetrics({ pool: () => countPool(orm), backlog: () => countBacklog(orm) });
  const gateway = openGateway({ config, orm, logger, metrics, clock: databaseClock });
  cleanUp.defer(() => gateway.close());
  const { onCommitted } = gateway;
  const egress = openEgress({ ...PROVIDER_LIMITS, allowedNetworks: config.ssoAllowedNetworks });
  cleanUp.defer(() => egress.close());
  const providers = createProviders({ egress, logger, clock });
  const app = createApp({
    config,
    orm,
    logger,
    limits,
    metrics,
    onCommitted,
    clock,
    providers,
    queues: queues.current,
    isDraining,
  });
  const trust = trustedProxies(config.trustProxy);
  const http = createHttpServer(gatewayFirst(gateway.listener, app), {
    isProxy: (address) => trust(address, 0),
    isDraining,
    pace: () => limits.failures.pace(),
  });
  const port = await listen(http.server, config);
  cleanUp.defer(() => http.close());
  const url = addressOf(config.host, port);
  logger.info({ url }, 'api listening');

  await atMost(DATABASE_PATIENCE, keepBootstrapToken({ orm, config, logger, stop, clock }));
  if (!stop.aborted) process.send?.({ type: 'ready', url });
  await whenAborted(stop);
  logger.info('api stopping');
}

/** Waits for the work, but not longer. */
const atMost = (milliseconds: number, work: Promise<unknown>): Promise<unknown> =>
  Promise.race([work, delay(milliseconds, undefined, { ref: false })]);

/** The queue may come up later than we do: only the dashboard and the readiness need it. */
function reachQueues(
  { directUrl: databaseUrl, redisUrl, redisPrefix: prefix }: Config,
  log: Logger,
  stop: AbortSignal,
) {
  let queues: Queues | null = null;
  const closing = new AbortController();
  const signal = AbortSignal.any([stop, closing.signal]);
  const reaching = connectQueues({ databaseUrl, poolSize: QUEUE_POOL, redisUrl, prefix, log, signal }).then(
    (connected) => {
      queues = connected;
    },
    (error: unknown) => {
      if (!signal.aborted) log.error({ err: error }, 'queue setup failed');
    },
  );
  return {
    current: () => queues,
    async close() {
      closing.abort();
      await reaching;
      await queues?.close();
    },
  };
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Aborts when the process is asked to end, or when the one that started it is gone. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stop.abort());
  process.on('disconnect', () => stop.abort());
  return stop.signal;
}

/** Lines are written beside the work on requests (a tenth of its time otherwise), and the last ones at the end. */
function openLog(level: string): Logger {
  const output = pino.destination({ dest: process.stdout.fd, sync: false });
  process.on('exit', () => output.flushSync());
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, output);
}

const isPlain = (error: unknown): error is Error =>
  error instanceof SettingError || error instanceof ListenError || error instanceof GatehouseError;

try {
  const config = readConfig();
  await run(config, openLog(config.logLevel), stopSignal());
  process.exit(0);
} catch (error) {
  process.stderr.write(`${isPlain(error) ? error.message : inspect(error)}\n`);
  process.exit(1);
}
