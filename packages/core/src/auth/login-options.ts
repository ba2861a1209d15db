import { SignInOptionPage, SignInOptionsInput } from '@gatehouse/contract/login-option';
import { LoginOption } from '@gatehouse/db/entities/login-option.entity';
import { allowed } from '../kernel/decision.ts';
import { findPortal } from '../portal/find-portal.ts';
import { query } from '../kernel/query.ts';
import { ssoUrl } from '../login-option/sso-url.ts';

/** More than a sign-in page can reasonably show. */
const MOST = 100;

export const loginOptions = query({
  name: 'auth.loginOptions',
  access: 'public',
  summary: 'List the enabled login options, for a sign-in page',
  input: SignInOptionsInput,
  output: SignInOptionPage,
  async run({ em, settings, authorize }, { portal_id }) {
    authorize(allowed);
    const portal = await findPortal(em, portal_id);
    const options = await em.find(
      LoginOption,
      { portal: portal.id, disable: false },
      { orderBy: { createdAt: 'asc', id: 'asc' }, limit: MOST },
    );
    const list = options.map((option) => {
      const { id, name, logo, providerType } = option;
      const isForm = providerType === 'built_in' || providerType === 'ldap';
      return {
        id,
        name,
        logo: logo ?? null,
        provider_type: providerType,
        login_url: isForm ? null : ssoUrl(settings, option, 'login'),
      };
    });
    return { list, total: list.length };
  },
});
