import { formOf } from './forms.ts';
import { html } from './html.ts';
import { loginOptionsOf, optionLinks, signInBy } from './login-options.ts';
import { given, typed, type Page } from './page.ts';
import { returnTo } from './return-to.ts';
import { answered, type Visit } from './visit.ts';

export const signIn: Page = {
  path: '/sign_in',
  audience: 'visitor',
  async show(visit) {
    const { texts, portal, base } = visit;
    const options = await loginOptionsOf(visit);
    const optionId = kept(visit, 'login_option');
    const chosen = options.find(({ id, provider_type }) => id === optionId && provider_type === 'ldap');
    const withEmail = portal.loginWithEmail && !chosen;
    const form = formOf(visit, {
      action: 'sign_in',
      submit: chosen ? texts.signIn.by(chosen.name) : texts.signIn.submit,
      fields: [
        {
          name: 'username',
          label: withEmail ? texts.signIn.usernameOrEmail : texts.fields.username,
          autocomplete: 'username',
        },
        { name: 'password', label: texts.fields.password, type: 'password', autocomplete: 'current-password' },
      ],
      hidden: { return_to: kept(visit, 'return_to'), ...(chosen ? { login_option: chosen.id } : {}) },
    });
    return {
      title: texts.signIn.title,
      body: html`${form}
        <p><a href="${base}/forgot_password">${texts.signIn.forgot}</a></p>
        ${portal.takesRegistrations ? html`<p><a href="${base}/register">${texts.signIn.register}</a></p>` : null}
        ${optionLinks(
          options.filter((option) => option !== chosen),
          visit,
        )}`,
    };
  },
  actions: {
    async sign_in(visit) {
      const { portal, base, calls } = visit;
      const option = given(visit, 'login_option');
      if (option !== undefined) return signInBy(option, visit);
      const [username, password] = [typed(visit, 'username'), typed(visit, 'password')];
      await answered(calls.auth.login({ portal_id: portal.id, username, password }));
      return { goTo: returnTo(visit.form.get('return_to'), base) };
    },
  },
};

/** What came in the address goes on in the form. */
const kept = ({ form, query }: Visit, name: string): string => form.get(name) ?? query.get(name) ?? '';
