import { LOGIN_OPTION_CONFIGS, type SamlConfig } from '@gatehouse/contract/login-option-config';
import { egressTo } from './egress-to.ts';
import type { PendingSignIn, SignInContext } from '../protocol.ts';
import { saml } from '../saml.ts';
import { formsOf, formWith, UserAgent } from '@gatehouse/testing/user-agent';

const localEgress = egressTo('127.0.0.0/8');

/** The portal whose SAML option is called `name`. */
export const hereOf = (name: string): SignInContext => ({
  callbackUrl: `http://localhost:9190/sign-in/${name}/callback`,
  metadataUrl: `http://localhost:9190/sign-in/${name}/metadata`,
  egress: localEgress,
  now: new Date(),
});

export const samlConfig = (config: object): SamlConfig => LOGIN_OPTION_CONFIGS.saml.parse(config);

export type ProviderCallback = { begun: PendingSignIn; answer: URLSearchParams; postedTo: string };

/** Signs in at the provider, and returns what the browser brings back. `fields`: values for the login form. */
export async function signInAt(
  config: SamlConfig,
  here: SignInContext,
  fields: Record<string, string>,
): Promise<ProviderCallback> {
  const browser = new UserAgent();
  const { url, begun } = await saml.begin(config, here);
  const page = await browser.open(url);
  const login = formWith(page, 'password');
  let next = await browser.submit(login, fields);
  // An intermediate page whose form a script would submit.
  if (!formsOf(next).some((form) => 'SAMLResponse' in form.fields))
    next = await browser.submit(formsOf(next)[0] ?? login);
  const form = formWith(next, 'SAMLResponse');
  const { SAMLResponse = '', RelayState = '' } = form.fields;
  return { begun, answer: new URLSearchParams({ SAMLResponse, RelayState }), postedTo: form.action };
}

export const xmlOf = ({ answer }: ProviderCallback): string =>
  Buffer.from(answer.get('SAMLResponse') ?? '', 'base64').toString('utf8');

export const withXml = (callback: ProviderCallback, xml: string): ProviderCallback => {
  const answer = new URLSearchParams(callback.answer);
  answer.set('SAMLResponse', Buffer.from(xml).toString('base64'));
  return { ...callback, answer };
};
