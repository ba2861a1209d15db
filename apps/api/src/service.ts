import type { RequestListener } from 'node:http';
import { countBacklog } from '@gatehouse/core/email/count-backlog';
import { DatabaseClock } from '@gatehouse/db/database-clock';
import { createOrm } from '@gatehouse/db/orm';
import { openEgress } from '@gatehouse/egress/egress';
import { PROVIDER_LIMITS } from '@gatehouse/sso/provider-limits';
import { type AppDeps, createApp } from './app.ts';
import { atMost } from './at-most.ts';
import { countPool, type Orm, plainDatabase } from './database.ts';
import { gatewayFirst, openGateway } from './gateway/open-gateway.ts';
import { allowOrigins } from './http/cors.ts';
import { limitRequests } from './http/limit-requests.ts';
import { createMetrics } from './http/metrics.ts';
import { type RateLimits, unlimited } from './http/rate-limit.ts';
import { openRateLimits } from './http/rate-limit-store.ts';
import { openQueueAccess } from './queues/queue-access.ts';
import { Revocations } from './revocation/revocations.ts';
import { watchRevocations } from './revocation/watch-revocations.ts';
import { rememberCallers } from './remember-callers.ts';
import { openReplica } from './replica.ts';
import { createProviders } from './sso/providers.ts';

/** Milliseconds that the start waits for the database's time and for the admin token. Both are retried later. */
export const DATABASE_PATIENCE = 2000;

export type Service = AsyncDisposable & { listener: RequestListener; orm: Orm; limits: RateLimits; clock: () => Date };

/** The service behind the HTTP server, with its connections. */
export async function openService(given: Pick<AppDeps, 'config' | 'logger' | 'isDraining'>): Promise<Service> {
  const { config, logger } = given;
  await using opened = new AsyncDisposableStack();
  const orm = createOrm({
    databaseUrl: config.databaseUrl,
    poolSize: config.poolSize,
    name: 'gatehouse-api',
    prepares: config.databaseUrl === config.directUrl,
  });
  opened.defer(() => orm.close());
  const replica = openReplica(config, orm, logger);
  opened.defer(() => replica?.close());
  const limits = config.rateLimits
    ? await openRateLimits({ ...config, database: plainDatabase(orm), logger })
    : unlimited;
  opened.defer(() => limits.close());
  const databaseClock = new DatabaseClock(orm.em);
  // If the database is unreachable, the first poll for revocations learns the time.
  await atMost(
    DATABASE_PATIENCE,
    databaseClock.ask().catch(() => undefined),
  );
  const clock = (): Date => databaseClock.now();
  const metrics = createMetrics({ pool: () => countPool(orm), backlog: () => countBacklog(orm) });
  const revocations = new Revocations();
  const watch = watchRevocations({ databaseUrl: config.directUrl, revocations, clock: databaseClock });
  opened.defer(() => watch.stop());
  const freshness = { revocations, isCurrent: () => watch.isCurrent() };
  const gateway = openGateway({ config, orm, logger, metrics, clock: databaseClock, ...freshness });
  opened.defer(() => gateway.close());
  const callers = rememberCallers({ ...freshness, clock });
  const onCommitted = (revoked: readonly string[]): void => revocations.committed(revoked);
  const egress = openEgress({ ...PROVIDER_LIMITS, allowedNetworks: config.ssoAllowedNetworks });
  opened.defer(() => egress.close());
  const providers = createProviders({ egress, logger, clock });
  const queues = opened.use(await openQueueAccess(config, logger));
  const app = createApp({
    ...given,
    replica: replica?.reads,
    queues,
    orm,
    limits,
    metrics,
    callers,
    onCommitted,
    clock,
    providers,
  });
  const held = opened.move();
  return {
    listener: gatewayFirst(
      gateway.listener,
      limitRequests(app, { logger, metrics, allow: allowOrigins(config.corsOrigins) }),
    ),
    orm,
    limits,
    clock,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}
