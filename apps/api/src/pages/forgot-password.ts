import { formOf } from './forms.ts';
import { html } from '@gatehouse/words/html';
import { moveTo, typed, type Page } from './page.ts';
import { answered } from './visit.ts';

export const forgotPassword: Page = {
  path: '/forgot_password',
  audience: 'anyone',
  show(visit) {
    const { texts, base, self } = visit;
    const form = formOf(visit, {
      action: 'forget',
      submit: texts.forgot.submit,
      fields: [
        {
          name: 'email',
          label: texts.fields.email,
          type: 'email',
          autocomplete: 'email',
          value: self?.email ?? '',
        },
      ],
    });
    return {
      title: texts.forgot.title,
      body: html`<p>${texts.forgot.text}</p>
        ${form}
        <p><a href="${base}/sign_in">${texts.forgot.back}</a></p>`,
    };
  },
  actions: {
    async forget(visit) {
      const input = { portal_id: visit.portal.id, email: typed(visit, 'email') };
      await answered(visit.calls.auth.forgotPassword(input));
      return moveTo(visit, '/sign_in', 'link_mailed');
    },
  },
};
