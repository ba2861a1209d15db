import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOGIN_OPTION_CONFIGS } from '@gatehouse/contract/login-option-config';
import { cas } from './cas.ts';
import { egressTo } from './testing/egress-to.ts';
import type { Answer, PendingSignIn, SignInContext } from './protocol.ts';
import { type Llng, LLNG_PROGRAMS, startLlng } from '@gatehouse/testing/llng';
import { hasPrograms } from '@gatehouse/testing/programs';
import { formWith, UserAgent } from '@gatehouse/testing/user-agent';

const egress = egressTo('127.0.0.0/8');
afterAll(() => egress.close());
const callbackUrl = 'http://127.0.0.1:9/v1/sso/1/callback';
const here: SignInContext = { callbackUrl, metadataUrl: '', egress, now: new Date() };

describe.skipIf(!hasPrograms(...LLNG_PROGRAMS))('LemonLDAP::NG', { timeout: 60_000 }, () => {
  let llng: Llng;
  let early: { begun: PendingSignIn; answer: Answer; until: number };
  beforeAll(async () => {
    llng = await startLlng({ cas: { service: callbackUrl } });
    const { url, begun } = await cas.begin(configured(), here);
    // Its tickets expire after five seconds.
    early = { begun, answer: await signIn(url), until: Date.now() + 6000 };
  }, 60_000);
  afterAll(() => llng[Symbol.asyncDispose]());

  const configured = (changed: object = {}) => LOGIN_OPTION_CONFIGS.cas.parse({ url: `${llng.url}cas`, ...changed });
  /** The parameters that the browser brings back from a sign-in. */
  const signIn = async (url: string, user = 'dwho'): Promise<URLSearchParams> => {
    const browser = new UserAgent(callbackUrl);
    const form = formWith(await browser.open(url), 'password');
    const page = await browser.submit(form, { user, password: user });
    if (!page.stopped) throw new Error(`${page.url} responded with ${String(page.status)}\n${llng.log()}`);
    return new URL(page.url).searchParams;
  };

  test('returns the claims of the person who signs in', async () => {
    const { url, begun } = await cas.begin(configured(), here);
    const answer = await signIn(url);
    expect(await cas.finish(configured(), here, { begun, answer })).toEqual({
      subject: 'dwho',
      username: 'dwho',
      email: 'dwho@badwolf.org',
      emailVerified: null,
      name: 'Doctor Who',
      once: answer.get('ticket'),
    });
  });

  test('reads the mapped attributes only', async () => {
    const config = configured({
      url: `${llng.url}cas/`,
      attributes: { username: 'mail', email: 'absent', name: 'mail' },
    });
    const { url, begun } = await cas.begin(config, here);
    expect(await cas.finish(config, here, { begun, answer: await signIn(url, 'rtyler') })).toMatchObject({
      subject: 'rtyler',
      username: 'rtyler@badwolf.org',
      email: null,
      name: 'rtyler@badwolf.org',
    });
  });

  test('accepts a ticket once, and only for its own sign-in', async () => {
    const [mine, other] = [await cas.begin(configured(), here), await cas.begin(configured(), here)];
    const answer = await signIn(mine.url);
    await expect(cas.finish(configured(), here, { begun: other.begun, answer })).rejects.toMatchObject({
      reason: 'invalid_answer',
    });
    await cas.finish(configured(), here, { begun: mine.begun, answer });
    await expect(cas.finish(configured(), here, { begun: mine.begun, answer })).rejects.toMatchObject({
      reason: 'invalid_answer',
      message: expect.stringContaining('already used'),
    });
  });

  test('rejects a ticket for another sign-in, as the server does', async () => {
    const [mine, other] = [await cas.begin(configured(), here), await cas.begin(configured(), here)];
    const stolen = (await signIn(other.url)).get('ticket') ?? '';
    const answer = new URLSearchParams({ state: mine.begun.state, ticket: stolen });
    await expect(cas.finish(configured(), here, { begun: mine.begun, answer })).rejects.toMatchObject({
      reason: 'invalid_answer',
      message: expect.stringContaining('another service'),
    });
  });

  test('rejects an expired ticket', async () => {
    await delay(Math.max(0, early.until - Date.now()));
    await expect(cas.finish(configured(), here, early)).rejects.toMatchObject({
      reason: 'invalid_answer',
      message: expect.stringContaining('expired'),
    });
  });

  test('relies on the CAS server to reject an unknown service', async () => {
    const elsewhere = { ...here, callbackUrl: 'http://127.0.0.2:9/v1/sso/1/callback' };
    await expect(signIn((await cas.begin(configured(), elsewhere)).url)).rejects.toThrow('responded with');
  });

  test('reports a reachable server, and leaves open the checks that need a sign-in', async () => {
    expect((await cas.check(configured(), here)).map(({ name, status }) => `${name} ${status}`)).toEqual([
      'reachable passed',
      'validation passed',
      'service unknown',
      'attributes unknown',
    ]);
    expect(await cas.check(configured({ url: `${llng.url}caz` }), here)).toMatchObject([
      { name: 'reachable', status: 'passed' },
      { name: 'validation', status: 'failed' },
    ]);
  });
});
