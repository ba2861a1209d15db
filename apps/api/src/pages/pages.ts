import { notFound } from '@gatehouse/contract/errors';
import type { Settings } from '@gatehouse/core/kernel/context';
import { Router, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import { paceRefusal, type Failures } from '../http/failures.ts';
import { logUnforeseen } from '../http/log-error.ts';
import { toGatehouseError } from '../http/problem.ts';
import { onRoute } from '../http/current-request.ts';
import { noStore, referrerPolicy } from '../http/security.ts';
import { refuseForeignPages } from '../http/session-cookie.ts';
import { assertReadableTarget } from '../http/urlencoded.ts';
import { answerPage, sendPage } from './answer-page.ts';
import { errorDocument } from './error-page.ts';
import { sentAway, wayOut } from './gate.ts';
import { contentPolicy } from './headers.ts';
import { documentOf } from './layout.ts';
import type { Page } from './page.ts';
import { dropSecret, handedOver, handOver } from './secret-cookie.ts';
import { serveStylesheet } from './stylesheet.ts';
import { TABLE } from './table.ts';
import { enter, type PagesDeps, type Visit } from './visit.ts';

type Deps = PagesDeps & { settings: Settings; logger: Logger; failures: Failures };

/** The pages for portals without their own front end. They work without scripts and call the procedures of the api. */
export function pages(deps: Deps): Router {
  const router = Router({ caseSensitive: true });
  router.use(contentPolicy, referrerPolicy);
  router.get('/style.css', onRoute('/portals/style.css'), serveStylesheet);
  router.use(noStore);
  for (const page of TABLE) {
    router
      .route(`/:slug${page.path}`)
      .all(onRoute(`/portals/{slug}${page.path.replace(/:(\w+)/g, '{$1}')}`))
      .all(answering(deps, page));
  }
  return router.all('/:slug{/*rest}', answering(deps, null)).use(answering(deps, null));
}

const answering =
  (deps: Deps, page: Page | null): RequestHandler =>
  async (req, res) => {
    let visit: Visit | null = null;
    try {
      assertReadableTarget(req);
      refuseForeignPages(req, [deps.settings.publicUrl]);
      visit = await enter(deps, req);
      if (!visit || !page) throw notFound('page');
      if (page.showsSecret) visit.secret = handedOver(req, secretCookieFor(deps, visit, visit.path));
      const away = (at: Visit) => sentAway(page, at);
      const answer = await answerPage({ ...page, away, wayOut }, visit, { req, res });
      if ('goTo' in answer) {
        if (answer.secret) handOver(res, secretCookieFor(deps, visit, answer.goTo), answer.secret);
        res.redirect(303, answer.goTo);
      } else {
        if (visit.secret && req.method !== 'HEAD') dropSecret(res, deps.settings);
        sendPage(res, documentOf(answer.visit, answer.shown), answer.error);
      }
    } catch (thrown) {
      const error = toGatehouseError(thrown);
      logUnforeseen(deps.logger, error);
      await paceRefusal(deps.failures);
      sendPage(res, errorDocument(error, { req, visit, prefix: deps.prefix }), error);
    }
  };

/** The only developer and page to which a new secret may be shown. */
const secretCookieFor = ({ settings }: Deps, { self, now }: Visit, path: string) => ({
  settings,
  page: `${self?.developer_id ?? ''} ${path}`,
  now,
});
