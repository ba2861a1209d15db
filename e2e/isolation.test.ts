import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  call,
  createApplication,
  createCredential,
  createLoginOption,
  createOperator,
  createSubscription,
  newPortal,
  operatorSession,
  PASSWORD,
  register,
} from './api.ts';
import { everyCall, isPortalSide, pathOf, type Call } from './every-call.ts';
import { startSystem, type System } from './system.ts';
import { complete } from './wrong-values.ts';

let system: System;
let own: string;
let foreign: string;
/** Ids of records of the foreign portal. */
let foreignIds: Record<string, string>;

beforeAll(async () => {
  system = await startSystem({ env: { RATE_LIMITS: 'off' } });
  [own, foreign] = [await newPortal(system), await newPortal(system)];
  foreignIds = await populate(foreign);
  await populate(own);
});
afterAll(() => system?.[Symbol.asyncDispose]());

async function populate(portal_id: string): Promise<Record<string, string>> {
  const invite = async (username: string) =>
    (
      await call(system, `POST /api/portals/${portal_id}/developers/invites`, {
        body: { username, password: PASSWORD, email: `${username}@example.org` },
      })
    ).body;
  const [{ developer_id }, gone] = [await invite('ada'), await invite('gone')];
  const deleted = await call(system, `DELETE /api/portals/${portal_id}/developers/${gone['developer_id']}`);
  const approval = await register(system, portal_id, 'pending');
  const token = await call(system, 'POST /api/tokens', { body: { kind: 'portal', name: 'theirs', portal_id } });
  const [email] = await system.sql<{ id: string }>('select id from email where portal_id = $1 limit 1', [portal_id]);
  const product = await call(system, `POST /api/portals/${portal_id}/api_products`, {
    body: { name: 'Weather', status: 'published' },
  });
  const application = await createApplication(system, portal_id, String(developer_id));
  const application_id = String(application['id']);
  const credential = await createCredential(system, { portal_id, application_id });
  const api_product_id = String(product.body['id']);
  const subscription = await createSubscription(system, portal_id, { application_id, api_product_id });
  return {
    portal_id,
    login_option_id: await createLoginOption(system, portal_id),
    application_id,
    credential_id: String(credential['id']),
    subscription_id: String(subscription['id']),
    api_product_id,
    developer_id: String(developer_id),
    deletion_id: String(deleted.body['id']),
    approval_id: String(approval['id']),
    token_id: String(token.body['id']),
    email_id: email?.id ?? '',
    operator_id: await createOperator(system, 'viewer', [portal_id]),
  };
}

async function newToken(body: object): Promise<string> {
  const answer = await call(system, 'POST /api/tokens', { body: { name: 'trial', ...body } });
  expect(answer.status).toBe(201);
  return String(answer.body['token']);
}

const state = async () =>
  JSON.stringify(
    await system.sql('select (select count(*) from event) as events, (select count(*) from token) as tokens'),
  );

describe('without a token, or with a wrong one,', () => {
  it('only registering and signing in work', async () => {
    const open: string[] = [];
    for (const { method, path } of await everyCall(system)) {
      for (const token of [null, 'gth_admin_wrong', `${system.adminToken}x`]) {
        const answer = await call(system, `${method} ${pathOf(path, foreignIds)}`, {
          token,
          body: method === 'GET' ? undefined : {},
        });
        if (answer.status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
        else open.push(`${method} ${path} ${token === null ? '' : 'wrong token '}${answer.status}`);
      }
    }
    const verbs = [
      'register',
      'login',
      'sso/{login_option_id}/login',
      'verify_email',
      'forgot_password',
      'reset_password',
      'accept_invitation',
      'describe_link',
      'undo_email_change',
    ];
    const inConsole = [
      'login',
      'login_with_token',
      'accept_invitation',
      'describe_link',
      'forgot_password',
      'reset_password',
    ];
    expect(open.toSorted()).toEqual([
      'GET /api/portals/{portal_id}/auth/login_options 200',
      ...inConsole.map((verb) => `POST /api/console/${verb} 422`).toSorted(),
      ...verbs.map((verb) => `POST /api/portals/{portal_id}/auth/${verb} 422`).toSorted(),
    ]);
  });

  it('a call is rejected before its body is read', async () => {
    expect((await call(system, 'POST /api/portals', { token: null, body: '{' })).status).toBe(401);
  });

  it('only public paths answer', async () => {
    const status = async (path: string) => (await fetch(`${system.url}${path}`, { redirect: 'manual' })).status;
    expect(await status('/metrics')).toBe(401);
    expect(await status('/livez')).toBe(200);
    expect(await status('/readyz')).toBe(200);
    expect(await status('/openapi.json')).toBe(200);
    expect(await status('/queues/api/queues')).toBe(401);
    expect(await status('/api/..%2fapprovals')).toBe(404);
    expect(await status('/trpc/developers.list?input=%7B%22portal_id%22%3A%22x%22%7D')).toBe(401);
  });
});

describe('a token or operator bound to one portal', () => {
  it('neither reads nor changes records of another portal with any call', async () => {
    const tokens = [
      await newToken({ kind: 'admin', portal_id: own, scopes: ['*'] }),
      await newToken({
        kind: 'portal',
        portal_id: own,
        scopes: [
          'portals:write',
          'developers:write',
          'approvals:write',
          'approvals:decide',
          'emails:write',
          'audit:read',
          'tokens:write',
          'api_products:write',
          'applications:write',
          'credentials:write',
          'subscriptions:write',
          'login_options:write',
          'operators:write',
        ],
      }),
    ];
    const owner = await operatorSession(system, 'owner', [own]);
    const callers = [...tokens.map((token) => ({ token })), { token: null, headers: owner }];
    const before = await state();
    const secrets = Object.values(foreignIds);
    for (const caller of callers) {
      for (const each of await everyCall(system)) {
        const { method, path, scope } = each;
        if (scope === null) continue;
        const body = each.body ? bodyOf(each) : undefined;
        const needed = each.required.map((name) => `&${name}=1`).join('');
        const query = isPortalSide(path) && !path.includes('{') ? `?portal_id=${foreign}${needed}` : '';
        const answer = await call(system, `${method} ${pathOf(path, foreignIds)}${query}`, { ...caller, body });
        if (path.includes('{') || query !== '') expect(answer.status, `${method} ${path} ${answer.text}`).toBe(404);
        else if (method !== 'GET') expect([403, 404, 422], `${method} ${path}`).toContain(answer.status);
        for (const secret of secrets.filter((id) => !pathOf(path, foreignIds).includes(id)))
          expect(answer.text).not.toContain(secret);
      }
      for (const list of ['approvals', 'deletions', 'emails', 'audit_events', 'tokens']) {
        expect((await call(system, `GET /api/${list}?portal_id=${foreign}`, caller)).body).toMatchObject({
          list: [],
          total: 0,
        });
        const { body } = await call(system, `GET /api/${list}?page_size=500`, caller);
        expect(Number(body['total'])).toBeGreaterThan(0);
      }
      for (const type of ['api_product', 'developer_application', 'developer_credential']) {
        const labels = await call(system, `GET /api/labels/${type}?portal_id=${foreign}`, caller);
        expect(labels.status).toBe(404);
      }
      for (const method of ['GET', 'PUT', 'DELETE'])
        expect(
          (
            await call(
              system,
              `${method} /api/applications/${foreignIds['application_id']}?portal_id=${foreign}`,
              caller,
            )
          ).status,
        ).toBe(404);
      expect((await call(system, 'GET /api/applications', caller)).body).toMatchObject({ total: 1 });
      expect((await call(system, `GET /api/credentials?portal_id=${foreign}`, caller)).status).toBe(404);
      expect((await call(system, 'GET /api/credentials', caller)).body).toMatchObject({ total: 1 });
      expect(
        (await call(system, `GET /api/credentials?application_id=${foreignIds['application_id']}`, caller)).body,
      ).toMatchObject({ list: [], total: 0 });
      for (const list of ['api_products', 'subscriptions']) {
        expect((await call(system, `GET /api/${list}?portal_id=${foreign}`, caller)).status).toBe(404);
        expect((await call(system, `GET /api/${list}`, caller)).body).toMatchObject({ total: 1 });
      }
      const filters = `application_id=${foreignIds['application_id']}`;
      expect((await call(system, `GET /api/api_products?${filters}`, caller)).status).toBe(404);
      expect((await call(system, `GET /api/subscriptions?${filters}`, caller)).body).toMatchObject({ total: 0 });
      expect((await call(system, 'GET /api/portals', caller)).body).toMatchObject({ total: 1 });
      // Queues and metrics cover all portals.
      for (const path of ['/metrics', '/queues/api/queues'])
        expect((await call(system, `GET ${path}`, caller)).status).toBe(403);
    }
    expect(await state()).toBe(before);
  });

  it('gets the same response for records of another portal and for unknown records', async () => {
    const token = await newToken({ kind: 'portal', portal_id: own, scopes: ['developers:read'] });
    const problem = async (portal: string) => {
      const { body } = await call(system, `GET /api/portals/${portal}/developers/${foreignIds['developer_id']}`, {
        token,
      });
      return { ...body, request_id: '', instance: '' };
    };
    expect(await problem(foreign)).toEqual(await problem('0190f3a0-0000-7000-8000-000000000000'));
  });
});

describe('scopes', () => {
  it('apply to every call: a token without the scope gets 403 before the body is read', async () => {
    const token = await newToken({ kind: 'admin', scopes: ['metrics:read'] });
    for (const { method, path, isPersonal, scope, body: schema } of await everyCall(system)) {
      if (scope === null && !isPersonal) continue;
      const answer = await call(system, `${method} ${pathOf(path, foreignIds)}`, {
        token,
        ...(schema ? { body: '{' } : {}),
      });
      expect({ call: `${method} ${path}`, status: answer.status }).toEqual({ call: `${method} ${path}`, status: 403 });
    }
    expect((await fetch(`${system.url}/metrics`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  });

  it('allow X-Portal-Developer-ID only with a portal token and an existing developer, and no decisions', async () => {
    const speaking = {
      'x-portal-developer-id': String(
        (await call(system, `GET /api/portals/${own}/developers?search=ada`)).body['list'] &&
          (await call(system, `GET /api/portals/${own}/developers?search=ada`)).text.match(/dev_\w+/)?.[0],
      ),
    };
    const token = await newToken({
      kind: 'portal',
      portal_id: own,
      scopes: ['developers:write', 'approvals:read', 'approvals:decide'],
    });
    expect((await call(system, 'GET /api/approvals', { headers: speaking })).body['code']).toBe('malformed_request');
    expect(
      (await call(system, 'GET /api/approvals', { token, headers: { 'x-portal-developer-id': 'nobody' } })).status,
    ).toBe(404);
    expect(
      (
        await call(system, 'GET /api/approvals', {
          token,
          headers: { 'x-portal-developer-id': String(foreignIds['developer_id']) },
        })
      ).status,
    ).toBe(404);
    expect((await call(system, 'GET /api/approvals', { token, headers: speaking })).body).toMatchObject({
      total: 1,
      list: [{ event: 'api_product_subscription', applicant_name: 'ada' }],
    });
    expect((await call(system, `GET /api/portals/${own}/developers`, { token, headers: speaking })).status).toBe(403);
  });
});

/** Like `complete`, but with records of the foreign portal. */
function bodyOf(each: Call): unknown {
  const { application_id, api_product_id } = foreignIds;
  if (each.path === '/api/subscriptions') return { applications: [application_id], api_products: [api_product_id] };
  if (each.path.endsWith('/subscriptions')) return { application_id };
  if (each.path === '/api/tokens') return { kind: 'portal', name: 'new', portal_id: foreign };
  return complete(each);
}
