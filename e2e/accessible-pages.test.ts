import axe, { type AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, createSubscription, PASSWORD, signedIn } from './api.ts';
import { fillIn, findBrowser, press, startBrowser } from './browser.ts';
import { startSystem, type System } from './system.ts';

const HOST = 'gatehouse.test';
const PAGES = `http://${HOST}/portals/acme`;
/** The widest name: one word of 100 letters. */
const WIDE = 'W'.repeat(100);

const OPEN = [
  '/sign_in',
  '/sign_in?error=sign_in_refused',
  '/choose_username?login_option_id=x',
  '/register',
  '/forgot_password',
  '/password_reset?token=x',
  '/invitation?token=x',
  '/verify_email?token=x',
  '/undo_email_change?token=x',
  '/none',
];
const OWN = ['', '/applications', '/account', '/change_password', '/sessions', '/sign_out', '/none'];

const required = process.env['TEST_BROWSER'] === 'required';

describe.runIf(findBrowser() ?? required)('every page', () => {
  let system: System;
  let browser: Browser;
  let portalId: string;
  let application: string;
  beforeAll(async () => {
    system = await startSystem({ workerRuns: false, env: { PUBLIC_URL: `http://${HOST}` } });
    browser = await startBrowser(HOST, system.url);
    const portal = await call(system, 'POST /api/portals', { body: { name: 'Acme', slug: 'acme' } });
    portalId = String(portal.body['id']);
    const config = { issuer: 'https://127.0.0.1:1', client_id: 'x', client_secret: 'x' };
    await call(system, `POST /api/portals/${portalId}/login_options`, {
      body: { name: WIDE, provider_type: 'oidc', config },
    });
    const token = await signedIn(system, portalId, 'ada');
    const make = async (what: string, body: object) => String((await call(system, what, { token, body })).body['id']);
    application = await make('POST /api/applications', { name: WIDE, desc: WIDE });
    await make(`POST /api/applications/${application}/credentials`, { type: 'key-auth', name: WIDE });
    for (const name of ['Orders', WIDE]) {
      const product = await call(system, `POST /api/portals/${portalId}/api_products`, {
        body: { name, status: 'published' },
      });
      if (name === WIDE) continue;
      const ids = { application_id: application, api_product_id: String(product.body['id']) };
      await createSubscription(system, portalId, ids);
    }
  });
  afterAll(async () => {
    await browser?.close();
    await system?.[Symbol.asyncDispose]();
  });

  /** Bypasses the Content-Security-Policy, because the check is an injected script. */
  const open = (settings: object) =>
    browser.newPage({ bypassCSP: true, locale: 'en-GB', viewport: { width: 1280, height: 800 }, ...settings });

  async function check(page: Page): Promise<void> {
    // Opens collapsed parts, so that they are checked as well.
    await page.evaluate(`document.querySelectorAll('details').forEach((one) => { one.open = true; })`);
    await page.addScriptTag({ content: axe.source });
    const { violations, passes } = await page.evaluate<AxeResults>('axe.run()');
    const found = violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map(({ html, failureSummary }) => [html, failureSummary]),
    }));
    expect({ url: page.url(), found }).toEqual({ url: page.url(), found: [] });
    expect(passes.length).toBeGreaterThan(10);
    expect([page.url(), await page.evaluate('document.documentElement.scrollWidth - innerWidth')]).toEqual([
      page.url(),
      0,
    ]);
  }

  it.each([
    ['light', 1280, 'en-GB'],
    ['dark', 320, 'de-DE'],
  ])('is accessible: %s, %i px wide, %s', async (colorScheme, width, locale) => {
    const page = await open({ colorScheme, locale, viewport: { width, height: 800 } });
    for (const path of OPEN) {
      await page.goto(PAGES + path);
      await check(page);
    }
    await page.goto(`${PAGES}/sign_in`);
    for (const password of ['wrong', `${PASSWORD}!`]) {
      await page.locator('[name=username]').fill('ada');
      await page.locator('[name=password]').fill(password);
      await press(page, page.locator('main button'));
      await check(page);
    }
    for (const path of [...OWN, `/applications/${application}`]) {
      await page.goto(PAGES + path);
      await check(page);
    }
    await page.locator('#create_key-name').fill(WIDE);
    await press(page, page.locator('form:has(#create_key-name) button'));
    expect(await page.locator('code.key').count()).toBe(1);
    await check(page);
    await page.goto(`${PAGES}/change_password`);
    await page.locator('[name=current_password]').fill('x');
    await page.locator('[name=new_password]').fill(`${PASSWORD}!!`);
    await press(page, page.locator('main button'));
    expect(await page.locator('[role=alert]').count()).toBe(1);
    await check(page);
    await page.close();
  });

  it('shows why a pending account cannot be used yet', async () => {
    const account = { username: 'grace', email: 'grace@example.org', password: PASSWORD };
    await call(system, `POST /api/portals/${portalId}/auth/register`, { token: null, body: account });
    const page = await open({});
    await page.goto(PAGES);
    await fillIn(page, { 'Username or email': 'grace', Password: PASSWORD }, 'Sign in');
    expect(await page.getByText('Your registration is awaiting approval').count()).toBe(1);
    expect(await page.getByText('grace@example.org is not confirmed yet').count()).toBe(1);
    await check(page);
    await page.close();
  });

  it('can be used with the keyboard, which can skip the navigation', async () => {
    const page = await open({});
    await page.goto(`${PAGES}/sign_in`);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.name')).toBe('username');
    await page.keyboard.type('ada');
    await page.keyboard.press('Tab');
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    // The browser does not send a form while a required field is empty.
    await page.getByLabel('Username or email', { exact: true }).fill('');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    expect(await page.evaluate('document.activeElement.name')).toBe('username');
    await page.close();
  });
});
