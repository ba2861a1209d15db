import { formOf } from './forms.ts';
import { html } from '@gatehouse/words/html';
import { given, moveTo, typed, type Page } from './page.ts';
import { answered } from './visit.ts';

export const register: Page = {
  path: '/register',
  audience: 'visitor',
  show(visit) {
    const { texts, portal, base } = visit;
    const { fields } = texts;
    const form = formOf(visit, {
      action: 'register',
      submit: texts.register.submit,
      fields: [
        { name: 'username', label: fields.username, autocomplete: 'username' },
        { name: 'email', label: fields.email, type: 'email', autocomplete: 'email' },
        { name: 'name', label: fields.name, autocomplete: 'name', optional: true, hint: texts.register.nameHint },
        {
          name: 'password',
          label: fields.password,
          type: 'password',
          autocomplete: 'new-password',
          hint: texts.passwordHint(portal.passwordMinLength),
          minLength: portal.passwordMinLength,
        },
      ],
    });
    return {
      title: texts.register.title,
      body: html`${portal.takesRegistrations ? form : html`<p class="notice">${texts.problems.registration_closed}</p>`}
        <p><a href="${base}/sign_in">${texts.register.signIn}</a></p>`,
    };
  },
  actions: {
    async register(visit) {
      await answered(
        visit.calls.auth.register({
          portal_id: visit.portal.id,
          username: typed(visit, 'username'),
          email: typed(visit, 'email'),
          name: given(visit, 'name'),
          password: typed(visit, 'password'),
        }),
      );
      return moveTo(visit, '/sign_in', 'registered');
    },
  },
};
