import { notFound } from '@gatehouse/contract/errors';
import { html, type Html } from './html.ts';
import type { Move } from './page.ts';
import type { Visit } from './visit.ts';

/** Another way to sign in than by a password of ours. */
export type LoginOption = {
  id: string;
  name: string;
  provider_type: 'oidc' | 'saml' | 'cas' | 'ldap';
  /** Where a browser begins it; for `ldap` the name and the password are asked for by the sign-in page itself. */
  href: string;
};

/** Those of the portal. There are none yet: this is where they come in. */
export const loginOptionsOf = (_visit: Visit): Promise<LoginOption[]> => Promise.resolve([]);

/** By a name and a password, as the form says, at the option that it names. */
export const signInBy = (_optionId: string, _visit: Visit): Promise<Move> => Promise.reject(notFound('login option'));

/** Links, not forms: what begins at a form may not lead away from here. */
export function optionLinks(options: LoginOption[], { texts: { signIn }, path, query }: LinkPlace): Html | null {
  if (options.length === 0) return null;
  const links = options.map(({ id, name, provider_type, href }) => {
    const search = new URLSearchParams(query);
    search.set('login_option', id);
    const here = `${path}?${search.toString()}`;
    return html`<li><a class="button" href="${provider_type === 'ldap' ? here : href}">${signIn.by(name)}</a></li> `;
  });
  return html`<section aria-labelledby="options">
    <h2 id="options">${signIn.options}</h2>
    <ul class="plain">
      ${links}
    </ul>
  </section>`;
}

type LinkPlace = Pick<Visit, 'texts' | 'path' | 'query'>;
