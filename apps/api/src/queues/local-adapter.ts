import { ExpressAdapter } from '@bull-board/express';
import { GatehouseError, type ErrorCode } from '@gatehouse/contract/errors';
import { Router, type RequestHandler } from 'express';

type EntryRoute = Parameters<ExpressAdapter['setEntryRoute']>[0];
type ApiRoutes = Parameters<ExpressAdapter['setApiRoutes']>[0];

const CODES: Record<number, ErrorCode> = {
  400: 'malformed_request',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'illegal_state',
};

/** bull-board without external resources, and with the error documents of this service. */
export class LocalAdapter extends ExpressAdapter {
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

  override setApiRoutes(routes: ApiRoutes): this {
    const router = Router();
    for (const route of routes) {
      for (const method of [route.method].flat()) router[method](route.route, this.answering(route));
    }
    this.app.use(router);
    return this;
  }

  private answering({ handler }: ApiRoutes[number]): RequestHandler {
    return async ({ query, params }, res) => {
      const queues = this.bullBoardQueues ?? new Map();
      // The calls that the dashboard offers have no body.
      const answer = await handler({ queues, uiConfig: this.uiConfig, query, params, body: {}, headers: {} });
      const status = answer.status ?? 200;
      if (status >= 400)
        throw new GatehouseError(
          CODES[status] ?? 'internal',
          'The job does not exist, or its state does not allow this action.',
        );
      res.status(status).json(answer.body);
    };
  }

  handler(): RequestHandler {
    this.app.disable('x-powered-by');
    return this.app;
  }
}
