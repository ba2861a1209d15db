import { startOidcProvider, type OidcPeer } from '@gatehouse/testing/oidc-provider';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, recordOf, signedIn } from './api.ts';
import { fillIn, findBrowser, press, startBrowser } from './browser.ts';
import { startSystem, type System } from './system.ts';

const HOST = 'gatehouse.test';
const PAGES = `http://${HOST}/portals/acme`;

const required = process.env['TEST_BROWSER'] === 'required';

describe.runIf(findBrowser() ?? required)('a sign-in by an identity provider', () => {
  let system: System;
  let provider: OidcPeer;
  let browser: Browser;
  let portalId: string;
  beforeAll(async () => {
    system = await startSystem({ workerRuns: false, env: { PUBLIC_URL: `http://${HOST}` } });
    const portal = await call(system, 'POST /api/portals', { body: { name: 'Acme', slug: 'acme' } });
    portalId = String(portal.body['id']);
    const config = { issuer: 'https://127.0.0.1:1', client_id: 'x', client_secret: 'x' };
    const { body } = await call(system, `POST /api/portals/${portalId}/login_options`, {
      body: { name: 'Company', provider_type: 'oidc', config },
    });
    provider = await startOidcProvider({ callbackUrl: String(recordOf(body['config'])['callback_url']) });
    const { issuer, client } = provider;
    await call(system, `PATCH /api/portals/${portalId}/login_options/${String(body['id'])}`, {
      body: { config: { issuer, ...client } },
    });
    browser = await startBrowser(HOST, system.url);
  });
  afterAll(async () => {
    await browser?.close();
    await provider?.[Symbol.asyncDispose]();
    await system?.[Symbol.asyncDispose]();
  });

  /** Opens a page with separate cookies each time. */
  const visit = async (): Promise<Page> =>
    (await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB' })).newPage();

  async function signInElsewhere(page: Page, name: string): Promise<void> {
    await press(page, page.getByRole('link', { name: 'Sign in with Company' }));
    await page.locator('[name=login]').fill(name);
    await page.locator('[name=password]').fill('any');
    await press(page, page.locator('[type=submit]'));
    await press(page, page.locator('[type=submit]'));
  }

  it('returns to the page where it began, and the account can be deleted without a password', async () => {
    const page = await visit();
    await page.goto(`${PAGES}/account`);
    await signInElsewhere(page, 'alice');
    expect(page.url()).toBe(`${PAGES}/account`);
    expect(await page.getByText('alice@example.test').count()).toBe(1);
    expect(await page.getByRole('link', { name: 'Password' }).count()).toBe(0);
    await page.locator('summary', { hasText: 'Delete my account' }).click();
    await press(page, page.locator('form:has([name=action][value=delete]) button'));
    expect(await page.getByRole('status').textContent()).toBe('Your account has been deleted.');
    await page.context().close();
  });

  it('asks for another username if the username is taken', async () => {
    await signedIn(system, portalId, 'bob');
    const page = await visit();
    await page.goto(PAGES);
    await signInElsewhere(page, 'bob');
    expect(page.url()).toContain(`${PAGES}/choose_username?`);
    await fillIn(page, { 'New username': 'bob' }, 'Sign in');
    expect(await page.getByRole('alert').textContent()).toContain('Choose another one.');
    await fillIn(page, { 'New username': 'bob2' }, 'Sign in');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Hello, Bob');
    await page.context().close();
  });

  it('returns to the sign-in page with an error if it is cancelled', async () => {
    const page = await visit();
    await page.goto(PAGES);
    await press(page, page.getByRole('link', { name: 'Sign in with Company' }));
    await press(page, page.getByRole('link', { name: /cancel/i }));
    expect(page.url()).toContain(`${PAGES}/sign_in?`);
    expect(await page.getByRole('alert').textContent()).toContain('We couldn’t sign you in');
    await page.context().close();
  });
});
