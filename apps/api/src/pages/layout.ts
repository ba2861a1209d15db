import { frame } from './frame.ts';
import { html, type Html } from '@gatehouse/words/html';
import type { PageTexts } from '@gatehouse/words/pages/en';
import type { PageContent } from './page.ts';
import { said } from './problems.ts';
import type { PageVisit, Visit } from './visit.ts';

/** The whole document of a page of a portal. */
export const documentOf = (visit: Visit, { title, body }: PageContent): Html =>
  framed(visit, { title, body, header: portalHeader(visit), notices: broughtProblem(visit) });

type Framed = PageContent & { header: Parameters<typeof frame>[0]['portal']; notices?: Html | null };

/** The whole document of a page with forms. */
export function framed(visit: PageVisit, { title, body, header, notices = null }: Framed): Html {
  const { texts, refusal } = visit;
  return frame({
    ...visit,
    title: refusal ? `${texts.errorTitle}: ${title}` : title,
    portal: header,
    content: html`${problem(visit, body)}${notices}${notice(visit)}
      <h1>${title}</h1>
      ${body}`,
  });
}

/** The header with the portal's name and navigation. */
export const portalHeader = (visit: Visit) => ({
  name: visit.portal.name,
  base: visit.base,
  navigation: visit.self ? navigation(visit) : null,
});

function navigation({ texts: { nav }, base, path, self }: Visit): Html {
  const links = [
    ['', nav.home],
    ['/applications', nav.applications],
    ['/account', nav.account],
    ...(self?.provider === 'sso' ? [] : ([['/change_password', nav.password]] as const)),
    ['/sessions', nav.sessions],
  ] as const;
  const open = self?.restricted ? [] : links;
  const items = open.map(
    ([link, label]) =>
      html`<li>
        <a href="${base}${link}" ${path === base + link ? html` aria-current="page"` : null}>${label}</a>
      </li> `,
  );
  return html`<nav aria-label="${nav.label}">
    <ul>
      ${items}
      <li>
        <form method="post" action="${base}/sign_out">
          <button class="link" name="action" value="sign_out">${nav.signOut}</button>
        </form>
      </li>
    </ul>
  </nav>`;
}

/** The summary of errors at the top, which screen readers announce, with a link to each field on the page. */
function problem({ refusal, texts, form }: PageVisit, body: Html): Html | null {
  if (!refusal) return null;
  const markup = body.toString();
  const items = [...refusal.fields].map(([name, message]) => {
    const id = fieldId(form.get('action') ?? '', name);
    const [, label] = Object.entries(texts.fields).find(([field]) => field === name) ?? [];
    const text = label === undefined ? message : `${label}: ${message}`;
    const isMarked = markup.includes(`id="${id}"`);
    return { isMarked, item: html`<li>${isMarked ? html`<a href="#${id}">${text}</a>` : text}</li>` };
  });
  const summary = items.length === 0 || items.some(({ isMarked }) => isMarked) ? refusal.summary : null;
  return html`<div class="problem" role="alert">
    <h2>${texts.problemHeading}</h2>
    ${summary === null ? null : html`<p>${summary}</p>`}
    ${
      items.length > 0
        ? html`<ul>
            ${items.map(({ item }) => item)}
          </ul>`
        : null
    }
  </div> `;
}

/** The error of a sign-in at an identity provider, also from a closed list. */
function broughtProblem({ texts, query, refusal, portal }: Visit): Html | null {
  const code = query.get('error');
  if (code === null || refusal) return null;
  return html`<div class="problem" role="alert">
    <h2>${texts.problemHeading}</h2>
    <p>${brought(texts, code, portal.supportEmail)}</p>
  </div> `;
}

/** A sign-in at an identity provider has the error `developer_not_active` only for suspended developers. */
const brought = (texts: PageTexts, code: string, supportEmail: string | null): string =>
  code === 'developer_not_active' ? texts.suspended(null, supportEmail) : (said(texts, code) ?? texts.failed.text);

export const fieldId = (action: string, name: string): string => `${action}-${name}`.replace(/[^\w-]/g, '-');

/** The confirmation of the previous action, from a closed list, so that a link cannot put text into a page. */
function notice({ texts, query, refusal }: PageVisit): Html | null {
  const done = query.get('done');
  const [, text] = Object.entries(texts.done).find(([name]) => name === done) ?? [];
  return text === undefined || refusal ? null : html`<p class="notice" role="status">${text}</p> `;
}
