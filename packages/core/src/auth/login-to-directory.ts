import { notFound } from '@gatehouse/contract/errors';
import { DirectoryLoginInput, Login } from '@gatehouse/contract/session';
import { changed, command } from '../kernel/command.ts';
import { reachProviders } from '../kernel/context.ts';
import { readSsoOption } from '../login-option/read-sso-option.ts';
import { signInByProvider } from './sign-in-by-provider.ts';

export const loginToDirectory = command({
  name: 'auth.loginToDirectory',
  access: 'public',
  summary: 'Sign in with the username and password of a directory (LDAP)',
  input: DirectoryLoginInput,
  output: Login,
  async prepare(context, { username, password, ...ref }) {
    const { option } = await readSsoOption(context, ref);
    if (option.provider_type !== 'ldap') throw notFound('login option with a form');
    return reachProviders(context).logIn(option, { username, password });
  },
  async run(scope, { portal_id, login_option_id, new_username }, claims) {
    const replaces = scope.actor.kind === 'developer' ? scope.actor : null;
    const signIn = { portal_id, login_option_id, claims, username: new_username, replaces };
    return changed(await signInByProvider(scope, signIn));
  },
});
