import type { SignInOption } from '@gatehouse/contract/login-option';
import { html, type Html } from '@gatehouse/words/html';
import { returnTo } from './return-to.ts';
import { answered, type Visit } from './visit.ts';

/** The enabled login options. */
export type LoginOptions = {
  /** The built-in login, with a password that Gatehouse stores. */
  takesPasswords: boolean;
  /** Directories (LDAP), for which the page asks for the username and password. */
  directories: SignInOption[];
  /** Identity providers to which the browser is redirected. */
  elsewhere: (SignInOption & { login_url: string })[];
};

export async function loginOptionsOf({ calls, portal }: Visit): Promise<LoginOptions> {
  const { list } = await answered(calls.auth.loginOptions({ portal_id: portal.id }));
  return {
    takesPasswords: list.some(({ provider_type }) => provider_type === 'built_in'),
    directories: list.filter(({ provider_type }) => provider_type === 'ldap'),
    elsewhere: list.flatMap((option) =>
      option.login_url === null ? [] : [{ ...option, login_url: option.login_url }],
    ),
  };
}

type Ways = Pick<LoginOptions, 'directories' | 'elsewhere'>;

/** Links, because `form-action` forbids forms that redirect to another site. */
export function optionLinks({ directories, elsewhere }: Ways, visit: Visit): Html | null {
  const { texts, path, query, base, portal } = visit;
  const return_to = query.get('return_to');
  const links = [
    ...directories.map(({ id, name }) => {
      const search = new URLSearchParams({ ...(return_to === null ? {} : { return_to }), login_option_id: id });
      return linkTo(`${path}?${search.toString()}`, texts.signIn.by(name));
    }),
    ...elsewhere.map(({ name, login_url }) => {
      const url = new URL(login_url);
      if (return_to !== null && !portal.hasFrontEnd) url.searchParams.set('return_to', returnTo(return_to, base));
      return linkTo(url.href, texts.signIn.by(name));
    }),
  ];
  return links.length === 0
    ? null
    : html`<section aria-labelledby="options">
        <h2 id="options">${texts.signIn.options}</h2>
        <ul class="plain">
          ${links}
        </ul>
      </section>`;
}

const linkTo = (href: string, text: string): Html => html`<li><a class="button" href="${href}">${text}</a></li> `;
