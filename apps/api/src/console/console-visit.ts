import type { Request } from 'express';
import type { ApiContext } from '../context.ts';
import type { Site } from '../pages/frame.ts';
import { languageOf } from '../pages/language.ts';
import type { Move, PageContent } from '../pages/page.ts';
import type { PageVisit } from '../pages/visit.ts';
import { appRouter } from '../trpc/app-router.ts';

/** One request for a page of the console. `name`: the operator or token that is signed in, or null. */
export type ConsoleVisit = PageVisit & { name: string | null };

export type ConsolePage = {
  /** Below `/console`. */
  path: string;
  audience: 'anyone' | 'visitor' | 'operator';
  show(visit: ConsoleVisit): Promise<PageContent> | PageContent;
  actions: Record<string, (visit: ConsoleVisit) => Promise<Move>>;
};

export type ConsoleDeps = Site & { createContext: (req: Request) => ApiContext };

export async function enterConsole({ prefix, createContext }: ConsoleDeps, req: Request): Promise<ConsoleVisit> {
  const context = createContext(req);
  const actor = await context.authenticate();
  const { texts, locale } = languageOf(req, 'en');
  const { invalidLogin: invalid_login, disabled: sign_in_refused, invalidToken } = texts.console;
  const tokens = { unauthenticated: invalidToken, forbidden: invalidToken };
  return {
    locale,
    texts: { ...texts, problems: { ...texts.problems, ...tokens, invalid_login, sign_in_refused } },
    prefix,
    base: `${prefix}/console`,
    path: `${prefix}/console${req.path === '/' ? '' : req.path}`,
    query: new URLSearchParams(req.url.slice(req.path.length)),
    form: new URLSearchParams(),
    name: actor.kind === 'operator' || actor.kind === 'admin_token' ? actor.name : null,
    calls: appRouter.createCaller(context),
    now: context.now,
    refusal: null,
  };
}
