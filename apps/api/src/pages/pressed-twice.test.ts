import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiTest, type ApiTest } from '../testing/api-test.ts';
import { newPortal, PASSWORD, PUBLIC_URL, signedIn, visitor, type Visitor } from '../testing/page-visitor.ts';
import { jsonOf } from '../testing/serve.ts';

let gatehouse: ApiTest;
let portalId: string;
beforeAll(async () => {
  gatehouse = await apiTest({ env: { PUBLIC_URL, RATE_LIMITS: 'off' } });
  portalId = await newPortal(gatehouse, 'open', { registration_auto_approval: true });
});
afterAll(() => gatehouse[Symbol.asyncDispose]());

const product = async (name: string): Promise<string> => {
  const json = { name, status: 'published' };
  return String((await jsonOf(await gatehouse.api(`/api/portals/${portalId}/api_products`, { json })))['id']);
};

describe('a button that is pressed twice', () => {
  /** Sends a form twice at once, as a double click does. */
  const twice = async (who: Visitor, path: string, form: Record<string, string>) => {
    const seen = await Promise.all([who.post(path, form), who.post(path, form)]);
    return seen.map(({ status, location }) => `${String(status)} ${location ?? ''}`);
  };

  test('registers once', async () => {
    const form = { action: 'register', username: 'quick', email: 'quick@example.org', password: PASSWORD };
    const sent = '303 /portals/open/sign_in?done=registered';
    expect(await twice(visitor(gatehouse, 'open'), '/register', form)).toEqual([sent, sent]);
    expect(await twice(visitor(gatehouse, 'open'), '/register', form)).toEqual([sent, sent]);
    expect((await visitor(gatehouse, 'open').post('/register', { ...form, password: `${PASSWORD} 2` })).status).toBe(
      409,
    );
  });

  test('subscribes and deletes once', async () => {
    const api_product_id = await product('Tides');
    const who = await signedIn(gatehouse, 'open', 'twin');
    const { location } = await who.post('/applications', { action: 'create', name: 'Shop' });
    const path = (location ?? '').replace('/portals/open', '').split('?')[0] ?? '';
    const there = expect.stringMatching(/^303 \/portals\/open\/applications/);
    expect(await twice(who, path, { action: 'subscribe', api_product_id })).toEqual([there, there]);
    const [, subscription_id = ''] = /name="subscription_id" value="([\w-]+)"/.exec((await who.get(path)).text) ?? [];
    expect(await twice(who, path, { action: 'unsubscribe', subscription_id })).toEqual([there, there]);
    expect(await twice(who, path, { action: 'delete' })).toEqual([there, there]);
    expect(await twice(who, '/account', { action: 'delete', password: PASSWORD })).toEqual(
      Array(2).fill(expect.stringMatching(/^303 \/portals\/open\/sign_in/)),
    );
  });
});
