import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { findProgram } from '@gatehouse/testing/programs';

export const findBrowser = (): string | undefined => findProgram('chromium');

/** Nothing that goes out by itself, and no sandbox, which root cannot have. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Chromium for which `host` is the server at that address. Throws where it is not installed. */
export async function startBrowser(host: string, url: string): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error('TEST_BROWSER=required, but there is no chromium on PATH.');
  const args = [...ARGS, `--host-resolver-rules=MAP ${host} ${new URL(url).host}`];
  return chromium.launch({ executablePath, args });
}

/** Types into fields by their labels, as people find them, and presses the button. */
export async function fillIn(page: Page, fields: Record<string, string>, button: string): Promise<void> {
  for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(text);
  await press(page, page.getByRole('button', { name: button, exact: true }));
}

/** Presses what leads to a page, and waits until that is there: a click may be over before. */
export async function press(page: Page, target: Locator): Promise<void> {
  await Promise.all([page.waitForEvent('load'), target.click()]);
}
