import { GatehouseError, notFound } from '@gatehouse/contract/errors';
import { enforce } from '@gatehouse/core/kernel/decision';
import { manageInstallation } from '@gatehouse/core/portal/portal.policy';
import { requireAccess } from '@gatehouse/core/kernel/use-case';
import { prefixOf } from '@gatehouse/process/address';
import { Router, type Request, type RequestHandler } from 'express';
import type { ApiContext } from '../context.ts';
import { pagePolicy, referrerPolicy } from '../http/security.ts';
import { accessOf } from './access.ts';
import type { QueueAccess } from './queue-access.ts';

export type DashboardOptions = {
  createContext: (req: Request) => ApiContext;
  queues: QueueAccess;
  publicUrl: string;
};

/** bull-board for operators and admin tokens, without the calls that could create or destroy requested work. */
export function queueDashboard({ createContext, queues, publicUrl }: DashboardOptions): Router {
  const prefix = prefixOf(publicUrl);
  const router = Router();
  router.use(pagePolicy, referrerPolicy, guard(createContext, prefix));
  router.use(board(queues, prefix));
  return router;
}

const guard =
  (createContext: (req: Request) => ApiContext, prefix: string): RequestHandler =>
  async (req, res, next) => {
    const actor = await createContext(req).authenticate();
    if (actor.kind === 'anonymous' && req.method === 'GET' && req.accepts('json', 'html') === 'html') {
      res.redirect(303, `${prefix}/console/sign_in?return_to=${encodeURIComponent(`${prefix}/queues`)}`);
      return;
    }
    requireAccess(actor, 'queues:read');
    enforce(manageInstallation(actor));
    // PostgreSQL rejects NUL, and bull-board would show PostgreSQL's error message.
    if (/%00|\0/.test(req.url)) throw new GatehouseError('not_found', 'No such job.');
    const access = accessOf(req.method, req.path);
    if (access === null && req.method === 'GET') throw notFound('dashboard page or call');
    if (access === null) throw new GatehouseError('forbidden', 'The dashboard does not allow this action.');
    requireAccess(actor, access);
    next();
  };

/** Creates bull-board on the first request after the queue has connected. */
function board(queues: QueueAccess, prefix: string): RequestHandler {
  let made: Promise<RequestHandler> | undefined;
  return async (req, res, next) => {
    const connected = await queues.connect();
    made ??= import('./board.ts').then(({ makeBoard }) => makeBoard(connected, prefix));
    (await made)(req, res, next);
  };
}
