import type { VerifiedClaims } from '@gatehouse/contract/verified-claims';
import { createLoginOption } from '../login-option/create-login-option.ts';
import { loginByRedirect } from '../auth/login-by-redirect.ts';
import { admin, worker, type CoreTest } from './core-test.ts';

const ada: VerifiedClaims = {
  subject: 'sub-1',
  username: 'ada',
  email: 'ada@example.org',
  emailVerified: true,
  name: 'Ada L.',
  once: null,
};

type ProviderOptions = { settings?: Parameters<CoreTest['portal']>[0]; config?: object; portal?: string };

/** A portal with a login option, and sign-ins with claims that are Ada's by default. */
export async function newProvider(core: CoreTest, { settings = {}, config = {}, portal }: ProviderOptions = {}) {
  const portal_id = portal ?? (await core.portal(settings));
  const { id: login_option_id } = await createLoginOption.execute(core.as(admin()), {
    portal_id,
    name: 'Company',
    provider_type: 'cas',
    config: { url: 'https://cas.example.org', ...config },
  });
  const ref = { portal_id, login_option_id };
  const come = (given: Partial<VerifiedClaims> = {}, { username, now }: { username?: string; now?: Date } = {}) =>
    loginByRedirect.execute(core.as(worker, now), {
      ...ref,
      claims: { ...ada, ...given },
      replaces: null,
      ...(username === undefined ? {} : { username }),
    });
  return { portal_id, ref, come };
}
