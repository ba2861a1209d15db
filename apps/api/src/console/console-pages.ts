import { notFound } from '@gatehouse/contract/errors';
import { Router, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import { onRoute } from '../http/current-request.ts';
import { paceRefusal, type Failures } from '../http/failures.ts';
import { logUnforeseen } from '../http/log-error.ts';
import { toGatehouseError } from '../http/problem.ts';
import { noStore, referrerPolicy } from '../http/security.ts';
import { refuseOtherPages } from '../http/session-cookie.ts';
import { assertReadableTarget } from '../http/urlencoded.ts';
import { answerPage, sendPage } from '../pages/answer-page.ts';
import { errorDocument } from '../pages/error-page.ts';
import { contentPolicy } from '../pages/headers.ts';
import { framed } from '../pages/layout.ts';
import type { Move } from '../pages/page.ts';
import { type ConsoleDeps, type ConsolePage, type ConsoleVisit, enterConsole } from './console-visit.ts';
import { home } from './home.ts';
import { forgotPassword, invitation, resetPassword } from './links.ts';
import { signIn, signOut, wanted } from './sign-in.ts';

type Deps = ConsoleDeps & { publicUrl: string; logger: Logger; failures: Failures };

/** The pages for signing in to the console. They work without scripts and call the procedures of the api. */
export function consolePages(deps: Deps): Router {
  const router = Router({ caseSensitive: true });
  router.use(contentPolicy, referrerPolicy, noStore);
  for (const page of [home, signIn, signOut, invitation, forgotPassword, resetPassword])
    router.all(page.path, onRoute(`/console${page.path === '/' ? '' : page.path}`), answering(deps, page));
  return router.use(answering(deps, null));
}

const answering =
  (deps: Deps, page: ConsolePage | null): RequestHandler =>
  async (req, res) => {
    try {
      assertReadableTarget(req);
      refuseOtherPages(req, deps);
      if (!page) throw notFound('page');
      const visit = await enterConsole(deps, req);
      const away = (at: ConsoleVisit) => sentAway(page, at);
      const answer = await answerPage({ ...page, away, wayOut: () => null }, visit, { req, res });
      if ('goTo' in answer) return res.redirect(303, answer.goTo);
      const { name } = visit.texts.console;
      const header = { name, base: visit.base, navigation: null };
      sendPage(res, framed(answer.visit, { ...answer.shown, header }), answer.error);
    } catch (thrown) {
      const error = toGatehouseError(thrown);
      logUnforeseen(deps.logger, error);
      await paceRefusal(deps.failures);
      sendPage(res, errorDocument(error, { req, visit: null, prefix: deps.prefix }), error);
    }
  };

/** The page to redirect to if the caller may not see this one, else null. */
function sentAway({ audience }: ConsolePage, visit: ConsoleVisit): Move | null {
  const { name, base, path } = visit;
  if (audience === 'visitor' && name !== null) return { goTo: wanted(visit) };
  if (audience !== 'operator' || name !== null) return null;
  return { goTo: `${base}/sign_in${path === base ? '' : `?${new URLSearchParams({ return_to: path }).toString()}`}` };
}
