import type { ReadReplica } from '@gatehouse/db/read-replica';
import { prefixOf } from '@gatehouse/process/address';
import express, { Router, type Express, type Request, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { consolePages } from './console/console-pages.ts';
import { createContext, type ApiContext } from './context.ts';
import { answers, isMigrated, type Orm } from './database.ts';
import { answerProblems } from './http/answer-problems.ts';
import { limitConcurrentCalls } from './http/concurrent-calls.ts';
import { cors } from './http/cors.ts';
import { docs } from './http/docs.ts';
import { health } from './http/health.ts';
import { serveMetrics, type Metrics } from './http/metrics.ts';
import { Lanes } from './http/lanes.ts';
import { inOrder } from './http/in-order.ts';
import { observe } from './http/observe.ts';
import type { RateLimits } from './http/rate-limit.ts';
import { readOnly } from './http/read-only.ts';
import { onRoute, trackRequest } from './http/current-request.ts';
import { noStore, securityHeaders } from './http/security.ts';
import { trustedProxies } from './http/trusted-proxies.ts';
import { assertReadableTarget } from './http/urlencoded.ts';
import { pages } from './pages/pages.ts';
import { queueDashboard } from './queues/dashboard.ts';
import type { QueueAccess } from './queues/queue-access.ts';
import type { Callers } from './remember-callers.ts';
import { BASE_PATH, createRest } from './rest/adapter.ts';
import { openApiDocument } from './rest/openapi.ts';
import { routes } from './rest/routes.ts';
import type { Providers } from './sso/providers.ts';
import { site } from './site/site.ts';
import { sso } from './sso/sso.ts';
import { appRouter } from './trpc/app-router.ts';
import { createTrpc } from './trpc/handler.ts';

export type AppDeps = {
  config: Config;
  orm: Orm;
  replica: ReadReplica | undefined;
  logger: Logger;
  limits: RateLimits;
  metrics: Metrics;
  callers: Callers;
  /** Ends what this process remembers about the targets that one of its commits revoked. */
  onCommitted: (revoked: readonly string[]) => void;
  queues: QueueAccess;
  providers: Providers;
  isDraining: () => boolean;
  clock: () => Date;
};

/** The HTTP application. Creating it needs neither the database nor the queue, and it does not listen. */
export function createApp(deps: AppDeps): Express {
  const { config, orm, replica, logger, limits, metrics, callers, onCommitted, clock, providers } = deps;
  const { secret, previousSecret, publicUrl, smtpEnabled } = config;
  const settings = { secret, previousSecret, publicUrl, smtpEnabled };
  const lanes = new Lanes();
  const contextDeps = { em: orm.em, replica, settings, limits, clock, callers, lanes, onCommitted, providers };
  const contextOf = (req: Request): ApiContext => createContext(contextDeps, req);
  const developerContextOf = (req: Request): ApiContext => createContext(contextDeps, req, 'developers');

  const prefix = prefixOf(publicUrl);

  const limitConcurrency = limitConcurrentCalls(settings);
  const inner = Router({ caseSensitive: true, strict: true });
  inner.use(
    BASE_PATH,
    inOrder([
      observe(logger, metrics),
      limitConcurrency,
      readableTarget,
      cors(config.corsOrigins),
      noStore,
      sso({ providers, settings, createContext: developerContextOf }),
      createRest({ router: appRouter, routes, createContext: contextOf, prefix }),
    ]),
  );
  inner.use(health({ checks: checksOf(deps), isDraining: deps.isDraining }));
  inner.use(observe(logger, metrics));
  inner.use(['/trpc', '/metrics', '/portals', '/console'], limitConcurrency);
  inner.use(
    '/portals',
    pages({ em: orm.em, settings, prefix, createContext: developerContextOf, logger, failures: limits.failures }),
  );
  inner.use(
    '/console',
    consolePages({ prefix, publicUrl, createContext: contextOf, logger, failures: limits.failures }),
  );
  inner.use(readableTarget);
  const securityTxt = config.securityContact === null ? [] : ['/.well-known/security.txt'];
  inner.all([...READ_ONLY, ...(config.docs ? ['/docs', '/docs/{*rest}'] : []), ...securityTxt], readOnly);
  inner.use('/trpc', cors(config.corsOrigins), noStore, createTrpc({ logger, createContext: contextOf }));
  inner.get('/metrics', onRoute('/metrics'), serveMetrics(metrics, contextOf));
  inner.use(
    '/queues',
    onRoute('/queues'),
    noStore,
    queueDashboard({ createContext: contextOf, queues: deps.queues, publicUrl }),
  );
  inner.use(site({ ...config, em: orm.em, prefix, clock }));
  inner.get('/openapi.json', onRoute('/openapi.json'), serveOpenApi(prefix));
  if (config.docs) inner.use('/docs', onRoute('/docs'), docs(prefix));

  const trust = trustedProxies(config.trustProxy);
  const app = express().disable('x-powered-by').disable('etag');
  app.set('query parser', 'simple').set('trust proxy', trust);
  return app.use(
    trackRequest({ prefix, isProxy: (address) => trust(address, 0) }),
    securityHeaders,
    answerProblems(inner, { logger, failures: limits.failures }),
  );
}

function serveOpenApi(prefix: string): RequestHandler {
  let document: Buffer | undefined;
  return (_req, res) => {
    // Made on first use. All responses share one copy, so that unread responses take no memory.
    document ??= Buffer.from(JSON.stringify(openApiDocument(appRouter, routes, prefix)));
    res.type('json').send(document);
  };
}

/** For public routes. `/livez` and `/readyz` check it themselves. */
const READ_ONLY = [
  '/',
  '/metrics',
  '/openapi.json',
  '/favicon.ico',
  '/favicon.svg',
  '/robots.txt',
  '/.well-known/change-password',
];

/** Pages check it themselves, because they respond with a page. */
const readableTarget: RequestHandler = (req, _res, next) => {
  assertReadableTarget(req);
  next();
};

const checksOf = ({ orm, queues }: AppDeps) => ({
  database: () => answers(orm),
  migrations: () => isMigrated(orm),
  queue: () => queues.ping(),
});
