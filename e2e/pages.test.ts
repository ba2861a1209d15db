import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, listOf, PASSWORD, until } from './api.ts';
import { fillIn, findBrowser, press, startBrowser } from './browser.ts';
import { type SmtpSink, startSmtpSink } from '@gatehouse/testing/smtp-sink';
import { startSystem, type System } from './system.ts';

const HOST = 'gatehouse.test';
const PAGES = `http://${HOST}/portals/acme`;
const [SECOND, THIRD] = [`${PASSWORD} the second`, `${PASSWORD} the third`];

const required = process.env['TEST_BROWSER'] === 'required';

/** The date in some days, as pages show it. */
const inDays = (days: number): string =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(Date.now() + days * 86_400_000);

describe.runIf(findBrowser() ?? required)('in a browser without scripts', () => {
  let sink: SmtpSink;
  let system: System;
  let browser: Browser;
  let page: Page;
  /** The Referer of each request. */
  const referrers: Promise<string | null>[] = [];
  beforeAll(async () => {
    sink = await startSmtpSink();
    system = await startSystem({ smtpUrl: sink.url, env: { PUBLIC_URL: `http://${HOST}` } });
    await call(system, 'POST /api/portals', { body: { name: 'Acme', slug: 'acme' } });
    browser = await startBrowser(HOST, system.url);
    const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB' });
    context.on('request', (request) => referrers.push(request.headerValue('referer')));
    page = await context.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await system?.[Symbol.asyncDispose]();
    await sink?.[Symbol.asyncDispose]();
  });

  /** The link in the mail with this subject. */
  async function linkIn(subject: string): Promise<string> {
    const text = await until(`the mail "${subject}"`, () =>
      Promise.resolve(sink.to('ada@example.org').find((mail) => mail.subject === subject)?.text ?? null),
    );
    const [link = ''] = /http:\S+/.exec(text) ?? [];
    return link;
  }
  const follow = (name: string) => press(page, page.getByRole('link', { name, exact: true }));
  const heading = () => page.getByRole('heading', { level: 1 }).textContent();
  const said = () => page.getByRole('status').textContent();
  const signIn = (password: string) => fillIn(page, { 'Username or email': 'ada', Password: password }, 'Sign in');

  it('a visitor registers, and confirms the address with a link that opening does not use up', async () => {
    await page.goto(PAGES);
    expect([page.url(), await heading()]).toEqual([`${PAGES}/sign_in`, 'Sign in']);
    await follow('No account yet? Register');
    const account = { Username: 'ada', Email: 'ada@example.org', 'Name (optional)': 'Ada' };
    await fillIn(page, { ...account, Password: 'ada@example.org' }, 'Register');
    expect(await page.title()).toBe('Error: Register – Acme');
    await page.getByRole('alert').getByRole('link').click();
    expect(page.url()).toBe(`${PAGES}/register#register-password`);
    expect(await page.getByLabel('Email').inputValue()).toBe('ada@example.org');
    expect(await page.getByLabel('Password').inputValue()).toBe('');
    await fillIn(page, { Password: PASSWORD }, 'Register');
    expect(await said()).toContain('We sent you an email with a link');

    const link = await linkIn('Confirm your email address');
    for (let n = 0; n < 3; n += 1) await page.goto(link);
    expect(await page.getByText('ada@example.org belongs to your account “ada”').count()).toBe(1);
    await press(page, page.getByRole('button', { name: 'Confirm' }));
    expect(await said()).toBe('Your email address is confirmed.');
    await page.goto(link);
    expect(await heading()).toBe('Your email address is already confirmed');
    expect(await page.getByRole('button', { name: 'Confirm' }).count()).toBe(0);
    await page.goto(`${PAGES}/password_reset?token=none.1.x`);
    expect(await heading()).toBe('This link no longer works');
    expect(await page.getByRole('link', { name: 'Request a new link' }).count()).toBe(1);
  });

  it('a pending developer sees that the registration is awaiting approval, until it is accepted', async () => {
    await page.goto(`${PAGES}/applications`);
    await signIn(PASSWORD);
    expect(page.url()).toBe(`${PAGES}/applications`);
    expect(await page.getByText('Your registration is awaiting approval').count()).toBe(1);
    const [approval] = listOf(await call(system, 'GET /api/approvals?status=pending'));
    await call(system, `POST /api/approvals/${String(approval?.['id'])}/accept`);
    await page.reload();
    expect(await page.getByText('Your registration is awaiting approval').count()).toBe(0);
  });

  it('a key of an application is shown once, and can be replaced and deleted', async () => {
    await fillIn(page, { Name: 'Shop', 'Description (optional)': 'Sells things' }, 'Create application');
    expect([await heading(), await said()]).toEqual(['Shop', 'Application created.']);
    await page.getByLabel('Name').first().fill('Till');
    await page.getByLabel('Expires').first().selectOption('In 90 days');
    await press(page, page.getByRole('button', { name: 'Create key' }));
    const key = String(await page.locator('code.key').textContent());
    expect(key).toMatch(/^gtk_\w{20,}/);
    // Reloading the page neither creates a second key nor shows the first one again.
    await page.reload();
    expect([await heading(), await page.locator('code.key').count()]).toEqual(['This key was already shown', 0]);
    await follow('Back to the application');
    expect(await page.content()).not.toContain(key);
    expect(await page.getByRole('row').filter({ hasText: 'Till' }).count()).toBe(1);
    expect(await page.getByRole('row').filter({ hasText: 'Till' }).textContent()).toContain(inDays(90));
    await page.getByText('Replace Till').click();
    await page.getByLabel('The old key stops working').selectOption('In an hour');
    await press(page, page.getByRole('button', { name: 'Replace key Till' }));
    expect(await page.locator('code.key').textContent()).not.toBe(key);
    await follow('I’ve copied it');
    await page.getByText('Delete Till').click();
    await press(page, page.getByRole('button', { name: 'Delete permanently Till' }));
    expect(await said()).toBe('Key deleted. It no longer works.');
  });

  it('a session shows its device', async () => {
    await follow('Sessions');
    const row = page.getByRole('row').filter({ hasText: 'This device' });
    expect(await row.textContent()).toMatch(/Chrome on Linux.*127\.0\.0\.1/s);
  });

  it('a forgotten password can be reset, and then changed', async () => {
    await press(page, page.getByRole('button', { name: 'Sign out' }));
    expect(await said()).toBe('You are signed out.');
    await follow('Forgot your password?');
    await fillIn(page, { Email: 'ada@example.org' }, 'Send link');
    await page.goto(await linkIn('Reset your password'));
    await fillIn(page, { 'New password': SECOND }, 'Set password');
    expect(await said()).toContain('Sign in with the new one');
    await signIn(PASSWORD);
    expect(await page.getByRole('alert').textContent()).toContain('The username or password is incorrect.');
    await signIn(SECOND);
    await follow('Password');
    await fillIn(page, { 'Current password': SECOND, 'New password': THIRD }, 'Change password');
    expect([await heading(), await said()]).toEqual([
      'Hello, Ada',
      'Your password has been changed, and your other sessions have been signed out.',
    ]);
  });

  it('no request reveals a mailed link in its Referer', async () => {
    const said = new Set(await Promise.all(referrers));
    expect(said).toEqual(new Set([null, `http://${HOST}/`]));
  });

  it('a form from another site is rejected', async () => {
    const foreign = await page.context().newPage();
    const form = `<form method="post" action="${PAGES}/sign_out"><button name="action" value="sign_out">Win</button></form>`;
    await foreign.route('http://evil.test/', (route) => route.fulfill({ contentType: 'text/html', body: form }));
    await foreign.goto('http://evil.test/');
    await press(foreign, foreign.getByRole('button', { name: 'Win' }));
    expect(await foreign.textContent('main')).toContain('not sent from a page of this portal');
    await foreign.close();
    await page.reload();
    expect(await heading()).toBe('Hello, Ada');
  });

  it('a developer deletes the account', async () => {
    await follow('Profile');
    await page.locator('summary', { hasText: 'Delete my account' }).click();
    await page.getByLabel('Password', { exact: true }).fill(THIRD);
    await press(page, page.locator('form:has(#delete-password) button'));
    expect(await said()).toBe('Your account has been deleted.');
    await signIn(THIRD);
    expect(await page.getByRole('alert').textContent()).toContain('The username or password is incorrect.');
    await until('the erasure', async () => {
      const [deletion] = listOf(await call(system, 'GET /api/deletions?status=completed'));
      return deletion ?? null;
    });
  });
});
