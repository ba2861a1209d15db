import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiTest, type ApiTest } from '../testing/api-test.ts';
import { newPortal, PASSWORD, PUBLIC_URL, visitor } from '../testing/page-visitor.ts';

let gatehouse: ApiTest;
beforeAll(async () => {
  gatehouse = await apiTest({ env: { PUBLIC_URL } });
  await newPortal(gatehouse, 'open', { registration_auto_approval: true });
});
afterAll(() => gatehouse[Symbol.asyncDispose]());

test('is that of the registration, until the developer chooses another', async () => {
  const mia = visitor(gatehouse, 'open');
  const account = { username: 'mia', email: 'mia@example.org', password: PASSWORD };
  await mia.post('/register', { action: 'register', ...account }, { 'accept-language': 'de' });
  await mia.post('/sign_in', { action: 'sign_in', username: 'mia', password: PASSWORD });
  const chosen = async () =>
    /<option value="(\w+)" +selected/.exec((await mia.get('/account', { 'accept-language': 'en' })).text)?.[1];
  expect(await chosen()).toBe('de');
  for (const locale of ['en', 'portal']) {
    expect((await mia.post('/account', { action: 'save_name', name: 'Mia', locale })).location).toMatch(/done=saved$/);
    expect(await chosen()).toBe(locale);
  }
});
