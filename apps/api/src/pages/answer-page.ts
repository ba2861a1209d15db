import { ERRORS, GatehouseError } from '@gatehouse/contract/errors';
import type { Html } from '@gatehouse/words/html';
import type { Request, Response } from 'express';
import { currentRequest } from '../http/current-request.ts';
import { problemHeaders, toGatehouseError } from '../http/problem.ts';
import type { Move, PageContent } from './page.ts';
import { refusalOf } from './problems.ts';
import { readTyped } from './read-form.ts';
import type { PageVisit } from './visit.ts';

/** Responds with the page, a redirect, or an error page. */
type Answer<V> = { visit: V; shown: PageContent; error?: GatehouseError } | Move;

type FormPage<V> = {
  show(visit: V): Promise<PageContent> | PageContent;
  actions: Record<string, (visit: V) => Promise<Move>>;
  /** The page to redirect to instead, or null. */
  away(visit: V): Move | null;
  /** The page to redirect to after this error of an action, or null. */
  wayOut(error: unknown, visit: V): Move | null;
};

/** Shows a page, or runs the action of one of its forms. A form with errors is shown again. */
export async function answerPage<V extends PageVisit>(
  page: FormPage<V>,
  visit: V,
  { req, res }: { req: Request; res: Response },
): Promise<Answer<V>> {
  switch (req.method) {
    case 'GET':
    case 'HEAD':
      return page.away(visit) ?? { visit, shown: await page.show(visit) };
    case 'POST':
      return act(page, { ...visit, form: await readTyped(req, res) });
    default:
      res.setHeader('Allow', 'GET, HEAD, POST');
      throw new GatehouseError('method_not_allowed', 'Pages accept GET, HEAD and POST only.');
  }
}

async function act<V extends PageVisit>(page: FormPage<V>, visit: V): Promise<Answer<V>> {
  const away = page.away(visit);
  if (away) return away;
  try {
    const action = new Map(Object.entries(page.actions)).get(visit.form.get('action') ?? '');
    if (!action) throw new GatehouseError('malformed_request', 'This page has no such form.');
    return await action(visit);
  } catch (thrown) {
    const error = toGatehouseError(thrown);
    const out = page.wayOut(error, visit);
    if (out) return out;
    if (error.code === 'internal') throw error;
    const refused = { ...visit, refusal: refusalOf(error, visit.texts) };
    return { visit: refused, shown: await page.show(refused), error };
  }
}

/** Sends the document with the status and headers of the error, if any. */
export function sendPage(res: Response, document: Html, error?: GatehouseError): void {
  if (error) {
    const place = currentRequest();
    place.errorCode = error.code;
    res.status(ERRORS[error.code].status).set(problemHeaders(error, place));
  }
  res.type('html').send(document.toString());
}
