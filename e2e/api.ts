import { hash, randomBytes } from 'node:crypto';
import { Problem } from '@gatehouse/contract/problem';
import type { OperatorRole } from '@gatehouse/contract/scopes';
import { expect } from 'vitest';
import type { System } from './system.ts';

export type Answer = { status: number; headers: Headers; body: Record<string, unknown>; text: string };
type Request = { token?: string | null; body?: unknown; headers?: Record<string, string> };

/** Makes one REST call, such as `call(system, 'POST /api/portals', { body })`. Checks that errors are problem documents. */
export async function call(
  system: Pick<System, 'url' | 'adminToken'>,
  what: string,
  request: Request = {},
): Promise<Answer> {
  const [method = 'GET', path = '/'] = what.split(' ');
  const token = request.token === undefined ? system.adminToken : request.token;
  const response = await fetch(`${system.url}${path}`, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...request.headers,
    },
    ...(request.body === undefined
      ? {}
      : { body: typeof request.body === 'string' ? request.body : JSON.stringify(request.body) }),
  });
  const text = await response.text();
  const body = text === '' ? {} : recordOf(JSON.parse(text));
  if (response.status >= 400) {
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(Problem.parse(body).status).toBe(response.status);
    expect(body['message']).toBe(body['detail']);
  }
  return { status: response.status, headers: response.headers, body, text };
}

export const PASSWORD = 'correct horse battery staple';

/** The fields of a JSON object; an empty record for other values. */
export const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};

/** Creates a portal and returns its id. */
export async function newPortal(system: System, settings: object = {}): Promise<string> {
  const slug = `p${Math.random().toString(36).slice(2)}`;
  const { status, body } = await call(system, 'POST /api/portals', { body: { name: slug, slug, settings } });
  expect(status).toBe(201);
  return String(body['id']);
}

/** Invites a developer, who signs in and chooses a password (`PASSWORD!`). Returns the token of the session. */
export async function signedIn(system: System, portal_id: string, username: string): Promise<string> {
  const portal = `/api/portals/${portal_id}`;
  await call(system, `POST ${portal}/developers/invites`, { body: { username, password: PASSWORD } });
  const login = { token: null, body: { username, password: PASSWORD } };
  const token = String((await call(system, `POST ${portal}/auth/login`, login)).body['token']);
  const body = { current_password: PASSWORD, new_password: `${PASSWORD}!` };
  const changed = await call(system, `POST ${portal}/auth/change_password`, { token, body });
  expect(changed.status).toBe(200);
  return String(changed.body['token']);
}

/** Creates an application with a portal token, on behalf of the developer. */
export async function createApplication(
  system: System,
  portal_id: string,
  developerId: string,
): Promise<Record<string, unknown>> {
  const token = await call(system, 'POST /api/tokens', { body: { kind: 'portal', name: 'shop front', portal_id } });
  const { status, body } = await call(system, 'POST /api/applications', {
    token: String(token.body['token']),
    headers: { 'x-portal-developer-id': developerId },
    body: { name: 'Shop' },
  });
  expect(status).toBe(201);
  return body;
}

/** Creates a credential of the application as an admin. */
export async function createCredential(
  system: System,
  { portal_id, application_id }: { portal_id: string; application_id: string },
  given: object = { type: 'key-auth', name: 'Key' },
): Promise<Record<string, unknown>> {
  const what = `POST /api/applications/${application_id}/credentials?portal_id=${portal_id}`;
  const { status, body } = await call(system, what, { body: given });
  expect(status).toBe(201);
  return body;
}

/** Creates a subscription of the application as an admin. The API product decides whether it needs an approval. */
export async function createSubscription(
  system: System,
  portal_id: string,
  { application_id, api_product_id }: { application_id: string; api_product_id: string },
): Promise<Record<string, unknown>> {
  const what = `POST /api/api_products/${api_product_id}/subscriptions?portal_id=${portal_id}`;
  const { status, body } = await call(system, what, { body: { application_id } });
  expect(status).toBe(201);
  return body;
}

/** Creates a login option whose provider does not exist, and returns its id. */
export async function createLoginOption(system: System, portal_id: string): Promise<string> {
  const body = { name: 'Company', provider_type: 'cas', config: { url: 'https://127.0.0.1:1' } };
  const made = await call(system, `POST /api/portals/${portal_id}/login_options`, { body });
  expect(made.status).toBe(201);
  return String(made.body['id']);
}

/** The records of a list response. */
export function listOf({ body }: Answer): Record<string, unknown>[] {
  const list: unknown = body['list'];
  if (!Array.isArray(list)) throw new Error(`The response is not a list: ${JSON.stringify(body)}`);
  return list.map(recordOf);
}

/** Registers a developer and returns its pending approval. */
export async function register(system: System, portalId: string, username: string): Promise<Record<string, unknown>> {
  const body = { username, email: `${username}@example.org`, password: PASSWORD };
  const { status } = await call(system, `POST /api/portals/${portalId}/auth/register`, { token: null, body });
  expect(status).toBe(202);
  const approvals = await call(system, `GET /api/approvals?portal_id=${portalId}&status=pending&search=${username}`);
  const [approval] = listOf(approvals);
  if (!approval) throw new Error(`No approval for ${username}.`);
  return approval;
}

/** Waits until `probe` resolves with a value other than null. Throws after `seconds`. */
export async function until<T>(what: string, probe: () => Promise<T | null>, seconds = 20): Promise<T> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
    const found = await probe();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Timed out after ${seconds} s while waiting for ${what}.`);
}

/** Creates an active operator without a password, and returns the id. */
export async function createOperator(
  system: System,
  role: OperatorRole,
  portalIds: string[] | null = null,
): Promise<string> {
  const [operator] = await system.sql<{ id: string }>(
    `insert into operator (id, name, email, email_key, role, portal_ids, state, created_at, updated_at)
     select id, 'Grace', id || '@example.org', id || '@example.org', $1, $2::uuid[], 'active', now(), now()
     from (select gen_random_uuid() as id) as made returning id`,
    [role, portalIds],
  );
  if (!operator) throw new Error('no operator was created');
  return operator.id;
}

/** The headers of a browser in which a new operator is signed in to the console. */
export async function operatorSession(
  system: System,
  role: OperatorRole,
  portalIds: string[] | null = null,
): Promise<Record<string, string>> {
  const secret = `gto_${randomBytes(32).toString('base64url')}`;
  await system.sql(
    `insert into operator_session (id, operator_id, token_hash, created_at, last_used_at, expires_at)
     values (gen_random_uuid(), $1, $2, now(), now(), now() + interval '8 hours')`,
    [await createOperator(system, role, portalIds), hash('sha256', secret, 'hex')],
  );
  return { cookie: `gatehouse_console=${secret}`, 'sec-fetch-site': 'same-origin' };
}
