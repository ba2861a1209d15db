import { enforce } from '@gatehouse/core/kernel/decision';
import type { Backlog } from '@gatehouse/core/email/count-backlog';
import { manageInstallation } from '@gatehouse/core/portal/portal.policy';
import { requireAccess } from '@gatehouse/core/kernel/use-case';
import type { Request, RequestHandler } from 'express';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ApiContext } from '../context.ts';

/** The counts of a `pg` pool. */
export type PoolCounts = { totalCount: number; idleCount: number; waitingCount: number };

export type Metrics = {
  registry: Registry;
  observe(labels: { method: string; route: string; status: number }, seconds: number): void;
};

/** Counts that are taken when the metrics are read. Both may reject while the database is unreachable. */
type GaugeSources = { pool(): Promise<PoolCounts>; backlog(): Promise<Backlog> };

export function createMetrics({ pool, backlog }: GaugeSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'gatehouse_http_request_duration_seconds',
    help: 'Duration of HTTP requests by method, route template and status.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  new Gauge({
    name: 'gatehouse_database_pool_connections',
    help: 'Connections to the database by state, and requests that wait for one.',
    labelNames: ['state'] as const,
    registers: [registry],
    async collect() {
      // The pool exists only after the first query that reached the database.
      const counts = await pool().catch(() => ({ totalCount: 0, idleCount: 0, waitingCount: 0 }));
      this.set({ state: 'busy' }, counts.totalCount - counts.idleCount);
      this.set({ state: 'idle' }, counts.idleCount);
      this.set({ state: 'waiting' }, counts.waitingCount);
    },
  });
  countWork(registry, backlog);
  return { registry, observe: (labels, seconds) => requests.observe(labels, seconds) };
}

/** The unfinished work of all workers, read from the database. */
function countWork(registry: Registry, backlog: () => Promise<Backlog>): void {
  new Gauge({
    name: 'gatehouse_backlog',
    help: 'Mails, deletions and outbox events by state, each counted up to 10,000.',
    labelNames: ['work', 'state'] as const,
    registers: [registry],
    async collect() {
      this.reset();
      // Without a response, the metric is absent: 0 would mean that no work is left.
      const counted = await backlog().catch(() => ({}));
      for (const [work, states] of Object.entries(counted))
        for (const [state, count] of Object.entries(states)) this.set({ work, state }, count);
    },
  });
}

/** Requires an admin token with `metrics:read`. */
export const serveMetrics =
  ({ registry }: Metrics, createContext: (req: Request) => ApiContext): RequestHandler =>
  async (req, res) => {
    const actor = await createContext(req).authenticate();
    requireAccess(actor, 'metrics:read');
    enforce(manageInstallation(actor));
    const text = await registry.metrics();
    res.setHeader('Cache-Control', 'no-store');
    res.type(registry.contentType).send(text);
  };
