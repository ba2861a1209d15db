import { expect, test } from 'vitest';
import { en } from './locales/en.ts';
import { optionLinks } from './login-options.ts';

const place = {
  texts: en,
  path: '/portals/p/sign_in',
  query: new URLSearchParams({ return_to: '/portals/p/account' }),
};

test('every way to sign in is a link; one that needs a name and a password leads to a form here', () => {
  const options = [
    { id: '1', name: 'Acme <SSO>', provider_type: 'oidc', href: '/portals/p/sso/1' },
    { id: '2', name: 'Directory', provider_type: 'ldap', href: '' },
  ] as const;
  const markup = String(optionLinks([...options], place));
  expect(markup).toContain('href="/portals/p/sso/1"');
  expect(markup).toContain('Sign in with Acme &lt;SSO&gt;');
  expect(markup).toContain('href="/portals/p/sign_in?return_to=%2Fportals%2Fp%2Faccount&amp;login_option=2"');
  expect(optionLinks([], place)).toBeNull();
});
