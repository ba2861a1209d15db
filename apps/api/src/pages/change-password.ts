import { formOf } from './forms.ts';
import { html } from '@gatehouse/words/html';
import { moveTo, selfOf, typed, type Page } from './page.ts';
import { answered } from './visit.ts';

export const changePassword: Page = {
  path: '/change_password',
  audience: 'session',
  show(visit) {
    const { texts, portal } = visit;
    const form = formOf(visit, {
      action: 'change',
      submit: texts.changePassword.submit,
      fields: [
        {
          name: 'current_password',
          label: texts.fields.current_password,
          type: 'password',
          autocomplete: 'current-password',
        },
        {
          name: 'new_password',
          label: texts.fields.new_password,
          type: 'password',
          autocomplete: 'new-password',
          hint: texts.passwordHint(portal.passwordMinLength),
          minLength: portal.passwordMinLength,
        },
      ],
    });
    return {
      title: texts.changePassword.title,
      body: html`${selfOf(visit).restricted ? html`<p class="notice">${texts.changePassword.must}</p>` : null} ${form}`,
    };
  },
  actions: {
    async change(visit) {
      await answered(
        visit.calls.auth.changePassword({
          portal_id: visit.portal.id,
          current_password: typed(visit, 'current_password'),
          new_password: typed(visit, 'new_password'),
        }),
      );
      return moveTo(visit, '', 'password_changed');
    },
  },
};
