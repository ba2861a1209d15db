import { html, type Html } from '@gatehouse/words/html';
import { formOf } from './forms.ts';
import { moveTo, selfOf, type Page } from './page.ts';
import { answered, type Visit } from './visit.ts';

/** The most applications on the overview. */
const SHOWN = 5;

export const home: Page = {
  path: '',
  audience: 'developer',
  async show(visit) {
    const { texts, base, calls, portal } = visit;
    const self = selfOf(visit);
    const { list } = await answered(calls.applications.list({ portal_id: portal.id, page_size: SHOWN }));
    return {
      title: texts.home.title(self.name),
      body: html`${standing(visit)}
        <h2>${texts.home.applications}</h2>
        ${
          list.length === 0
            ? html`<p>${texts.home.none}</p>`
            : html`<ul>
                ${list.map(({ id, name }) => html`<li><a href="${base}/applications/${id}">${name}</a></li>`)}
              </ul>`
        }
        <p><a href="${base}/applications">${texts.home.all}</a></p>`,
    };
  },
  actions: {
    async mail_again(visit) {
      await answered(visit.calls.me.mailVerification({ email: selfOf(visit).email ?? '' }));
      return moveTo(visit, '', 'link_mailed');
    },
  },
};

/** Notices about what the developer must do, or wait for, before calling APIs. */
function standing(visit: Visit): Html[] {
  const { texts } = visit;
  const { state, email, email_verified } = selfOf(visit);
  return [
    ...(state === 'Pending' ? [html`<p class="notice">${texts.home.pending}</p>`] : []),
    ...(email !== null && !email_verified
      ? [
          html`<div class="notice">
            <p>${texts.home.unverified(email)}</p>
            ${formOf(visit, { action: 'mail_again', submit: texts.home.mailAgain })}
          </div>`,
        ]
      : []),
  ];
}
