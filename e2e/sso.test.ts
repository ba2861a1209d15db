import { startOidcProvider } from '@gatehouse/testing/oidc-provider';
import { formWith, UserAgent } from '@gatehouse/testing/user-agent';
import { expect, it } from 'vitest';
import { call, listOf, newPortal, recordOf, until } from './api.ts';
import { findGateway, startGateway } from './gateway-server.ts';
import { listen, send } from './raw-http.ts';
import { startSystem, type System } from './system.ts';

const required = process.env['TEST_GATEWAYS'] === 'required';

/** A portal with an OpenID provider, whose new accounts need an approval. */
async function portalWithProvider(system: System) {
  const portal = await newPortal(system);
  const config = {
    issuer: 'https://127.0.0.1:1',
    client_id: 'x',
    client_secret: 'x',
    root_url: system.url,
    registration_auto_approval: false,
  };
  const made = await call(system, `POST /api/portals/${portal}/login_options`, {
    body: { name: 'Company', provider_type: 'oidc', config },
  });
  const callbackUrl = String(recordOf(made.body['config'])['callback_url']);
  const provider = await startOidcProvider({ callbackUrl });
  const option = `/api/portals/${portal}/login_options/${made.body['id']}`;
  const body = { config: { issuer: provider.issuer, ...provider.client } };
  expect((await call(system, `PATCH ${option}`, { body })).status).toBe(200);
  expect((await call(system, `POST ${option}/test`)).body).toMatchObject({ ok: true });
  return { portal, provider };
}

async function signIn(system: System, portal: string): Promise<string> {
  const options = await call(system, `GET /api/portals/${portal}/auth/login_options`, { token: null });
  const company = listOf(options).find(({ provider_type }) => provider_type === 'oidc');
  const browser = new UserAgent('http://gatehouse.test/portals/');
  const login = formWith(await browser.open(String(company?.['login_url'])), 'login');
  const consent = await browser.submit(login, { login: 'alice', password: 'any' });
  const arrived = await browser.submit(formWith(consent, 'prompt'));
  expect(arrived.url).not.toContain('error=');
  const session = [...browser.cookies.values()].find(({ name }) => name === 'gatehouse_session');
  return session?.value ?? '';
}

it.runIf(findGateway('nginx') ?? required)(
  'a developer signs in at a provider, is approved and passes nginx with a key, until a suspension',
  async () => {
    await using system = await startSystem();
    const { portal, provider } = await portalWithProvider(system);
    await using _provider = provider;
    const published = { name: 'Weather', status: 'published', subscription_auto_approval: true };
    const product = await call(system, `POST /api/portals/${portal}/api_products`, { body: published });
    const api_product_id = String(product.body['id']);
    await using api = await listen(() => ({ status: 200, body: 'served' }));
    const places = { gatehouse: new URL(system.url).host, api: api.address };
    await using nginx = await startGateway('nginx', { ...places, apiProductId: api_product_id });

    const token = await signIn(system, portal);
    const make = () => call(system, 'POST /api/applications', { token, body: { name: 'Shop' } });
    expect((await make()).body).toMatchObject({ code: 'developer_not_active' });
    const [approval] = listOf(await call(system, `GET /api/approvals?portal_id=${portal}&status=pending`));
    expect(approval).toMatchObject({ resource_name: 'alice' });
    await call(system, `POST /api/approvals/${approval?.['id']}/accept`);
    const { body: application } = await make();
    const application_id = String(application['id']);
    const body = { type: 'key-auth', name: 'Key' };
    const credential = await call(system, `POST /api/applications/${application_id}/credentials`, { token, body });
    const key = String(recordOf(credential.body['key-auth'])['key']);
    const subscribe = `POST /api/api_products/${api_product_id}/subscriptions`;
    expect((await call(system, subscribe, { token, body: { application_id } })).status).toBe(201);

    const ask = async () => (await send(nginx.port, { fields: [['apikey', key]] })).status;
    expect(await ask()).toBe(200);
    const { body: me } = await call(system, 'GET /api/me', { token });
    await call(system, `POST /api/portals/${portal}/developers/${me['developer_id']}/suspend`);
    const suspended = performance.now();
    expect((await call(system, 'GET /api/me', { token })).status).toBe(401);
    await until('the rejection of the key', async () => ((await ask()) === 403 ? true : null), 1);
    expect(performance.now() - suspended).toBeLessThan(1000);
  },
);
