import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { GatehouseError } from '@gatehouse/contract/errors';
import { enforce } from '@gatehouse/core/decision';
import { manageInstallation } from '@gatehouse/core/portal/portal.policy';
import { requireAccess } from '@gatehouse/core/use-case';
import type { Queues } from '@gatehouse/queue/queues';
import { Router, type Request, type RequestHandler } from 'express';
import type { ApiContext } from '../context.ts';
import { pagePolicy } from '../http/security.ts';
import { accessOf } from './access.ts';
import { openSessions } from './session.ts';
import { askToSignIn, signIn } from './sign-in.ts';

export type DashboardOptions = {
  createContext: (req: Request) => ApiContext;
  queues: () => Queues | null;
  publicUrl: string;
  clock: () => Date;
};

const PATH = '/queues';

/** bull-board behind our tokens, cut down to what cannot make or destroy work that the database asked for. */
export function queueDashboard({ createContext, queues, publicUrl, clock }: DashboardOptions): Router {
  const sessions = openSessions(clock);
  const router = Router();
  router.use(pagePolicy);
  router.post('/sign_in', signIn({ sessions, createContext, path: PATH, publicUrl }));
  router.use(askToSignIn(sessions), guard(createContext));
  router.use(board(queues));
  return router;
}

const guard =
  (createContext: (req: Request) => ApiContext): RequestHandler =>
  async (req, _res, next) => {
    const actor = await createContext(req).authenticate();
    requireAccess(actor, 'queues:read');
    enforce(manageInstallation(actor));
    // PostgreSQL takes no NUL, and bull-board would show what it says of one.
    if (/%00|\0/.test(req.url)) throw new GatehouseError('not_found', 'There is no such job.');
    const access = accessOf(req.method, req.path);
    if (access === null) throw new GatehouseError('forbidden', 'That is not done from the dashboard.');
    requireAccess(actor, access);
    next();
  };

/** Made when the queue has answered: its objects must not be made before. */
function board(queues: () => Queues | null): RequestHandler {
  let made: RequestHandler | undefined;
  return (req, res, next) => {
    const connected = queues();
    if (!connected) throw new GatehouseError('dependency_down', 'The queue has not answered yet.');
    made ??= makeBoard(connected);
    made(req, res, next);
  };
}

function makeBoard(queues: Queues): RequestHandler {
  const serverAdapter = new LocalAdapter();
  serverAdapter.setBasePath(PATH);
  createBullBoard({
    queues: queues.all().map((queue) => new BullMQAdapter(queue)),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'Gatehouse queues', hideRedisDetails: true } },
  });
  return serverAdapter.handler();
}

type EntryRoute = Parameters<ExpressAdapter['setEntryRoute']>[0];

/** Without what the page would load from elsewhere: it must work without the internet. */
class LocalAdapter extends ExpressAdapter {
  override setEntryRoute({ route, handler }: EntryRoute): this {
    this.app.get(route, (_req, res, next) => {
      const { name, params } = handler({ basePath: this.basePath, uiConfig: this.uiConfig });
      res.render(name, params, (error, html) => {
        if (error) next(error);
        else res.type('html').send(html.replaceAll(/<link\s[^>]*https?:\/\/[^>]*>/g, ''));
      });
    });
    return this;
  }

  handler(): RequestHandler {
    return this.app;
  }
}
