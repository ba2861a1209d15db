import { applicationRef } from './application-ref.ts';
import { seriousForm } from './forms.ts';
import { html } from '@gatehouse/words/html';
import { keyActions, keysOf } from './keys.ts';
import { moveTo, type Page } from './page.ts';
import { subscriptionActions, subscriptionsOf } from './subscriptions.ts';
import { answered, unlessGone } from './visit.ts';

export const application: Page = {
  path: '/applications/:application_id',
  audience: 'developer',
  async show(visit) {
    const { texts, base, calls } = visit;
    const { name, desc } = await answered(calls.applications.get(applicationRef(visit)));
    const [keys, subscriptions] = await Promise.all([keysOf(visit), subscriptionsOf(visit)]);
    return {
      title: name,
      body: html`${desc === '' ? null : html`<p class="prose">${desc}</p>`} ${keys.body} ${subscriptions.body}
        <h2>${texts.application.delete}</h2>
        ${seriousForm(visit, {
          action: 'delete',
          open: texts.application.delete,
          text: texts.application.deleteText(name, keys.total, subscriptions.total),
          submit: texts.application.delete,
          about: name,
        })}
        <p><a href="${base}/applications">${texts.application.all}</a></p>`,
    };
  },
  actions: {
    ...keyActions,
    ...subscriptionActions,
    async delete(visit) {
      const isDeleted = await unlessGone(visit.calls.applications.delete(applicationRef(visit)));
      return moveTo(visit, '/applications', isDeleted ? 'application_deleted' : undefined);
    },
  },
};
