import { LOGIN_OPTION_CONFIGS, type OidcConfig } from '@gatehouse/contract/login-option-config';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { oidc } from './oidc.ts';
import { egressTo } from './testing/egress-to.ts';
import { expectRefused } from './testing/expect-refused.ts';
import { type Llng, LLNG_PROGRAMS, startLlng } from '@gatehouse/testing/llng';
import { hasPrograms } from '@gatehouse/testing/programs';
import { formWith, UserAgent } from '@gatehouse/testing/user-agent';

const callbackUrl = 'https://portal.example.test/api/callback';
const egress = egressTo('127.0.0.1');
const here = { callbackUrl, metadataUrl: '', egress, now: new Date() };
const client = { client_id: 'portal', client_secret: 'a-secret-of-the-portal' };

describe.skipIf(!hasPrograms(...LLNG_PROGRAMS))('with LemonLDAP::NG', () => {
  let llng: Llng | null = null;
  let config: OidcConfig;
  beforeAll(async () => {
    const { client_id: clientId, client_secret: clientSecret } = client;
    llng = await startLlng({ oidc: { clientId, clientSecret, redirectUri: callbackUrl, consent: true } });
    config = LOGIN_OPTION_CONFIGS.oidc.parse({ issuer: llng.url, ...client });
  });
  afterAll(async () => {
    await llng?.[Symbol.asyncDispose]();
    await egress.close();
  });

  async function signIn() {
    const { url, begun } = await oidc.begin(config, here);
    const browser = new UserAgent(callbackUrl);
    const login = formWith(await browser.open(url), 'user');
    const consent = await browser.submit(login, { user: 'dwho', password: 'dwho' });
    // It asks for consent only once.
    const { url: back } = consent.stopped ? consent : await browser.submit(formWith(consent, 'confirm'));
    return { begun, answer: new URL(back).searchParams };
  }

  test('signs a person in with an unverified address', async () => {
    const came = await signIn();
    expect(await oidc.finish(config, here, came)).toEqual({
      subject: 'dwho',
      username: 'dwho',
      email: 'dwho@badwolf.org',
      emailVerified: null,
      name: 'Doctor Who',
      once: came.begun.state,
    });
    await expectRefused(oidc.finish(config, here, came), 'invalid_answer');
  });

  test('reports a wrong secret', async () => {
    await expectRefused(oidc.finish({ ...config, client_secret: 'another' }, here, await signIn()), 'wrong_client');
  });

  test('checks a configuration', async () => {
    const failed = async (changes: Partial<OidcConfig>, where = here) => {
      const checks = await oidc.check({ ...config, ...changes }, where);
      return checks.filter(({ status }) => status !== 'passed').map(({ name, status }) => `${name}: ${status}`);
    };
    // LemonLDAP::NG shows its login page despite prompt=none, and does not list its claims.
    const silent = ['redirect_uri: unknown', 'attributes: unknown'];
    expect(await failed({})).toEqual(silent);
    expect(await failed({ issuer: config.issuer.slice(0, -1) })).toEqual(['metadata: failed']);
    expect(await failed({ client_secret: 'another' })).toEqual(['client: failed', 'attributes: unknown']);
    expect(await failed({}, { ...here, callbackUrl: 'https://other.example.test/' })).toEqual(silent);
  });
});
