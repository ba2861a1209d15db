import { startOidcProvider, type OidcPeer } from '@gatehouse/testing/oidc-provider';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, PASSWORD, recordOf, until } from './api.ts';
import { fillIn, findBrowser, press, startBrowser } from './browser.ts';
import { findNginx } from './nginx.ts';
import { type SmtpSink, startSmtpSink } from '@gatehouse/testing/smtp-sink';
import { startStrippingProxy, type StrippingProxy } from './stripping-proxy.ts';
import { startSystem, type System } from './system.ts';

const HOST = 'gatehouse.test';
const PREFIX = '/gatehouse';
const PUBLIC_URL = `http://${HOST}${PREFIX}`;

const required = process.env['TEST_BROWSER'] === 'required' && process.env['TEST_GATEWAYS'] === 'required';

describe.runIf((findBrowser() && findNginx()) ?? required)('behind a proxy that strips a prefix', () => {
  let sink: SmtpSink;
  let system: System;
  let proxy: StrippingProxy;
  let provider: OidcPeer;
  let browser: Browser;
  let context: BrowserContext;
  let portalId: string;
  /** The api behind the proxy. */
  let outside: Pick<System, 'url' | 'adminToken'>;
  /** The URLs that the browser has requested. */
  const asked: string[] = [];
  beforeAll(async () => {
    sink = await startSmtpSink();
    system = await startSystem({ smtpUrl: sink.url, env: { PUBLIC_URL } });
    proxy = await startStrippingProxy(PREFIX, new URL(system.url).host);
    outside = { url: proxy.url, adminToken: system.adminToken };
    const portal = await call(outside, `POST ${PREFIX}/api/portals`, { body: { name: 'Acme', slug: 'acme' } });
    portalId = String(portal.body['id']);
    browser = await startBrowser(HOST, proxy.url);
    context = await browser.newContext({ locale: 'en-GB' });
    context.on('request', (request) => asked.push(request.url()));
  });
  afterAll(async () => {
    await browser?.close();
    await provider?.[Symbol.asyncDispose]();
    await proxy?.[Symbol.asyncDispose]();
    await system?.[Symbol.asyncDispose]();
    await sink?.[Symbol.asyncDispose]();
  });

  const visit = async (path: string): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(PUBLIC_URL + path);
    return page;
  };

  it('Location and the instance of a problem include the prefix', async () => {
    const made = await call(outside, `POST ${PREFIX}/api/portals`, { body: { name: 'Other', slug: 'other' } });
    const location = made.headers.get('location') ?? '';
    expect(location).toBe(`${PREFIX}/api/portals/${String(made.body['id'])}`);
    expect((await call(outside, `GET ${location}`)).body['slug']).toBe('other');
    const missing = await call(outside, `GET ${PREFIX}/api/portals/none`);
    expect([missing.status, missing.body['instance']]).toEqual([404, `${PREFIX}/api/portals/none`]);
  });

  it('the page at the root links to pages below the prefix', async () => {
    const page = await visit('/');
    await press(page, page.getByRole('link', { name: 'Acme' }));
    expect(page.url()).toBe(`${PUBLIC_URL}/portals/acme/sign_in`);
    await page.close();
  });

  it('the OpenAPI document has the prefix, and /docs makes calls below it', async () => {
    const { body } = await call(outside, `GET ${PREFIX}/openapi.json`);
    expect(body['servers']).toEqual([{ url: `${PREFIX}/api` }]);
    const page = await visit('/docs');
    const operation = page.locator('[id="operations-portals-portals_list"]');
    await operation.locator('button.opblock-summary-control').click();
    await operation.getByRole('button', { name: 'Try it out' }).click();
    const answer = page.waitForResponse((response) => response.url().includes('/api/portals'));
    await operation.getByRole('button', { name: 'Execute' }).click();
    expect(new URL((await answer).url()).pathname).toBe(`${PREFIX}/api/portals`);
    // The call has no token, but the response shows that it reached the api.
    expect(recordOf(await (await answer).json())['code']).toBe('unauthenticated');
    await page.close();
  });

  it('the queue dashboard signs in, loads and signs out below the prefix', async () => {
    const page = await visit('/queues');
    expect(new URL(page.url()).pathname).toBe(`${PREFIX}/console/sign_in`);
    await fillIn(page, { 'Admin token': system.adminToken }, 'Sign in with an admin token');
    expect(new URL(page.url()).pathname).toBe(`${PREFIX}/queues`);
    await page.getByText('deliver-email').first().waitFor();
    await page.goto(`${PUBLIC_URL}/queues/queue/erase-developer`);
    await page.getByText('erase-developer').first().waitFor();
    await page.goto(`${PUBLIC_URL}/console/sign_out`);
    await press(page, page.getByRole('button', { name: 'Sign out' }));
    expect(new URL(page.url()).pathname).toBe(`${PREFIX}/console/sign_in`);
    await page.goto(`${PUBLIC_URL}/queues`);
    expect(new URL(page.url()).pathname).toBe(`${PREFIX}/console/sign_in`);
    await page.close();
  });

  it('a developer registers, uses the mailed link and signs in below the prefix', async () => {
    const page = await visit('/portals/acme/register');
    await fillIn(page, { Username: 'ada', Email: 'ada@example.org', Password: PASSWORD }, 'Register');
    const text = await until('the mail', () => Promise.resolve(sink.to('ada@example.org')[0]?.text ?? null));
    const links = [...text.matchAll(/https?:\S+/g)].map(([link]) => link);
    expect(links.every((link) => link.startsWith(`${PUBLIC_URL}/portals/acme/`))).toBe(true);
    await page.goto(links[0] ?? '');
    await press(page, page.locator('main form button'));
    await fillIn(page, { 'Username or email': 'ada', Password: PASSWORD }, 'Sign in');
    expect(new URL(page.url()).pathname).toBe(`${PREFIX}/portals/acme`);
    const hrefs = [...(await page.content()).matchAll(/ (?:href|action)="([^"]*)"/g)].map(([, href = '']) => href);
    expect(hrefs.length).toBeGreaterThan(5);
    expect(hrefs.filter((href) => !/^#|^\/gatehouse\/portals\//.test(href))).toEqual([]);
    await page.close();
  });

  it('an identity provider sends the browser back below the prefix', async () => {
    await context.clearCookies();
    const unknown = { issuer: 'https://127.0.0.1:1', client_id: 'x', client_secret: 'x' };
    const made = await call(outside, `POST ${PREFIX}/api/portals/${portalId}/login_options`, {
      body: { name: 'Company', provider_type: 'oidc', config: unknown },
    });
    const callbackUrl = String(recordOf(made.body['config'])['callback_url']);
    expect(callbackUrl.startsWith(`${PUBLIC_URL}/api/portals/${portalId}/auth/sso/`)).toBe(true);
    provider = await startOidcProvider({ callbackUrl });
    const option = `PATCH ${PREFIX}/api/portals/${portalId}/login_options/${String(made.body['id'])}`;
    await call(outside, option, { body: { config: { issuer: provider.issuer, ...provider.client } } });
    const page = await visit('/portals/acme/account');
    await press(page, page.getByRole('link', { name: 'Sign in with Company' }));
    await page.locator('[name=login]').fill('alice');
    await page.locator('[name=password]').fill('any');
    await press(page, page.locator('[type=submit]'));
    await press(page, page.locator('[type=submit]'));
    expect(page.url()).toBe(`${PUBLIC_URL}/portals/acme/account`);
    await page.close();
  });

  it('the browser has not requested any URL outside of the prefix', () => {
    const own = asked.filter((url) => new URL(url).host === HOST);
    expect(own.length).toBeGreaterThan(20);
    expect(own.filter((url) => !url.startsWith(`${PUBLIC_URL}/`))).toEqual([]);
  });
});
