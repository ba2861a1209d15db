import { ERRORS, type GatehouseError } from '@gatehouse/contract/errors';
import type { Request } from 'express';
import { currentRequest } from '../http/current-request.ts';
import { frame, type Site } from './frame.ts';
import { html, type Html } from '@gatehouse/words/html';
import { portalHeader } from './layout.ts';
import { languageOf } from './language.ts';
import { refusalOf } from './problems.ts';
import type { Visit } from './visit.ts';

type At = Site & { req: Request; visit: Visit | null };

/** Shown when no other page can be. */
export function errorDocument(error: GatehouseError, { req, visit, prefix }: At): Html {
  const language = visit ?? languageOf(req, 'en');
  const { texts } = language;
  const isAbsent = error.code === 'not_found';
  const { title, text } = isAbsent ? texts.notFound : texts.failed;
  return frame({
    ...language,
    prefix,
    title,
    portal: visit ? portalHeader(visit) : null,
    content: html`<h1>${title}</h1>
      <p>${isAbsent ? text : refusalOf(error, texts).summary}</p>
      ${isAbsent ? null : html`<p>${text}</p>`}
      ${ERRORS[error.code].status >= 500 ? html`<p class="hint">${texts.requestId(currentRequest().requestId)}</p>` : null}`,
  });
}
