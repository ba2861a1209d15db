import { formOf } from './forms.ts';
import { html, type Html } from '@gatehouse/words/html';
import { loginOptionsOf, optionLinks } from './login-options.ts';
import { given, typed, type Page } from './page.ts';
import { returnTo } from './return-to.ts';
import { answered, type Visit } from './visit.ts';

export const signIn: Page = {
  path: '/sign_in',
  audience: 'visitor',
  async show(visit) {
    const { texts } = visit;
    const options = await loginOptionsOf(visit);
    const optionId = kept(visit, 'login_option_id');
    const directory = options.directories.find(({ id }) => id === optionId);
    const others = { ...options, directories: options.directories.filter((option) => option !== directory) };
    return {
      title: texts.signIn.title,
      body: html`${directory || options.takesPasswords ? passwordForm(visit, directory) : null}
      ${options.takesPasswords ? besidePassword(visit, directory !== undefined) : null} ${optionLinks(others, visit)}`,
    };
  },
  actions: {
    async sign_in(visit) {
      const { portal, base, calls } = visit;
      const login = {
        portal_id: portal.id,
        username: typed(visit, 'username'),
        password: typed(visit, 'password'),
      };
      const login_option_id = given(visit, 'login_option_id');
      await answered(
        login_option_id === undefined
          ? calls.auth.login(login)
          : calls.auth.loginToDirectory({ ...login, login_option_id, new_username: given(visit, 'new_username') }),
      );
      return { goTo: returnTo(visit.form.get('return_to'), base) };
    },
  },
};

/** Carries the query parameters over into the form. */
const kept = ({ form, query }: Visit, name: string): string => form.get(name) ?? query.get(name) ?? '';

/** The form for the password that Gatehouse or a directory checks. */
function passwordForm(visit: Visit, directory: { id: string; name: string } | undefined): Html {
  const { texts, portal, refusal } = visit;
  const withEmail = portal.loginWithEmail && !directory;
  const isUnnamed = refusal?.code === 'username_needed' || refusal?.code === 'username_taken';
  return formOf(visit, {
    action: 'sign_in',
    submit: directory ? texts.signIn.by(directory.name) : texts.signIn.submit,
    fields: [
      {
        name: 'username',
        label: withEmail ? texts.signIn.usernameOrEmail : texts.fields.username,
        autocomplete: 'username',
      },
      { name: 'password', label: texts.fields.password, type: 'password', autocomplete: 'current-password' },
      ...(isUnnamed ? [{ name: 'new_username', label: texts.fields.new_username }] : []),
    ],
    hidden: { return_to: kept(visit, 'return_to'), ...(directory ? { login_option_id: directory.id } : {}) },
  });
}

/** Links to reset the password and to register, for the built-in login. */
function besidePassword({ texts, portal, base }: Visit, isElsewhere: boolean): Html {
  if (isElsewhere) return html`<p><a href="${base}/sign_in">${texts.signIn.byPassword}</a></p>`;
  return html`<p><a href="${base}/forgot_password">${texts.signIn.forgot}</a></p>
    ${portal.takesRegistrations ? html`<p><a href="${base}/register">${texts.signIn.register}</a></p>` : null}`;
}
