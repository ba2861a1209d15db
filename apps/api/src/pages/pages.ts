import { ERRORS, GatehouseError, notFound } from '@gatehouse/contract/errors';
import type { Settings } from '@gatehouse/core/kernel/context';
import { Router, type Request, type RequestHandler, type Response } from 'express';
import type { Logger } from 'pino';
import { paceRefusal, type Failures } from '../http/failures.ts';
import { logUnforeseen } from '../http/log-error.ts';
import { problemHeaders, toGatehouseError } from '../http/problem.ts';
import { currentRequest, onRoute } from '../http/current-request.ts';
import { noStore, referrerPolicy } from '../http/security.ts';
import { refuseForeignPages } from '../http/session-cookie.ts';
import { assertReadableTarget } from '../http/urlencoded.ts';
import { errorDocument } from './error-page.ts';
import { sentAway, wayOut } from './gate.ts';
import { contentPolicy } from './headers.ts';
import type { Html } from '@gatehouse/words/html';
import { documentOf } from './layout.ts';
import type { Move, Page, PageContent } from './page.ts';
import { refusalOf } from './problems.ts';
import { readTyped } from './read-form.ts';
import { dropSecret, handedOver, handOver } from './secret-cookie.ts';
import { serveStylesheet } from './stylesheet.ts';
import { TABLE } from './table.ts';
import { enter, type PagesDeps, type Visit } from './visit.ts';

type Deps = PagesDeps & { settings: Settings; logger: Logger; failures: Failures };

/** Responds with the page, a redirect, or an error page. */
type Answer = { visit: Visit; shown: PageContent; error?: GatehouseError } | Move;

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
      const answer = await answerOf(page, visit, { req, res });
      if ('goTo' in answer) {
        if (answer.secret) handOver(res, secretCookieFor(deps, visit, answer.goTo), answer.secret);
        res.redirect(303, answer.goTo);
      } else {
        if (visit.secret && req.method !== 'HEAD') dropSecret(res, deps.settings);
        send(res, documentOf(answer.visit, answer.shown), answer.error);
      }
    } catch (thrown) {
      const error = toGatehouseError(thrown);
      logUnforeseen(deps.logger, error);
      await paceRefusal(deps.failures);
      send(res, errorDocument(error, { req, visit, prefix: deps.prefix }), error);
    }
  };

/** The only developer and page to which a new secret may be shown. */
const secretCookieFor = ({ settings }: Deps, { self, now }: Visit, path: string) => ({
  settings,
  page: `${self?.developer_id ?? ''} ${path}`,
  now,
});

async function answerOf(page: Page, visit: Visit, { req, res }: { req: Request; res: Response }): Promise<Answer> {
  switch (req.method) {
    case 'GET':
    case 'HEAD':
      return sentAway(page, visit) ?? { visit, shown: await page.show(visit) };
    case 'POST':
      return act(page, { ...visit, form: await readTyped(req, res) });
    default:
      res.setHeader('Allow', 'GET, HEAD, POST');
      throw new GatehouseError('method_not_allowed', 'Pages accept GET, HEAD and POST only.');
  }
}

async function act(page: Page, visit: Visit): Promise<Answer> {
  const away = sentAway(page, visit);
  if (away) return away;
  try {
    const action = new Map(Object.entries(page.actions)).get(visit.form.get('action') ?? '');
    if (!action) throw new GatehouseError('malformed_request', 'This page has no such form.');
    return await action(visit);
  } catch (thrown) {
    const error = toGatehouseError(thrown);
    const out = wayOut(error, visit);
    if (out) return out;
    if (error.code === 'internal') throw error;
    const refused = { ...visit, refusal: refusalOf(error, visit.texts) };
    return { visit: refused, shown: await page.show(refused), error };
  }
}

function send(res: Response, document: Html, error?: GatehouseError): void {
  if (error) {
    const place = currentRequest();
    place.errorCode = error.code;
    res.status(ERRORS[error.code].status).set(problemHeaders(error, place));
  }
  res.type('html').send(document.toString());
}
