import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { findProgram } from '@gatehouse/testing/programs';

export const findBrowser = (): string | undefined => findProgram('chromium');

/** Turns off Chromium's own network traffic, and the sandbox, which does not work as root. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts a Chromium that resolves `host` to the address of `url`. Throws if Chromium is not installed. */
export async function startBrowser(host: string, url: string): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error('TEST_BROWSER=required, but chromium is not on PATH.');
  const args = [...ARGS, `--host-resolver-rules=MAP ${host} ${new URL(url).host}`];
  return chromium.launch({ executablePath, args });
}

/** Fills in fields by their labels, and presses the button. */
export async function fillIn(page: Page, fields: Record<string, string>, button: string): Promise<void> {
  for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(text);
  await press(page, page.getByRole('button', { name: button, exact: true }));
}

/** Presses a link or button, and waits for the page it leads to, because a click can end before the page has loaded. */
export async function press(page: Page, target: Locator): Promise<void> {
  await Promise.all([page.waitForEvent('load'), target.click()]);
}
