import fc from 'fast-check';
import type pg from 'pg';
import type { ApiTest } from './api-test.ts';
import { jsonOf } from './serve.ts';

const PASSWORD = 'correct horse battery staple';

const developer = fc.nat({ max: 1 });
const product = fc.nat({ max: 1 });
/** One thing that somebody does, by one of two processes. */
export const step = fc.record({
  /** Which of the processes does it. */
  by: fc.nat({ max: 1 }),
  what: fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('subscribe' as const), developer, product }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('accept' as const, 'reject' as const), developer }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('unsubscribe' as const), developer, product }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constantFrom('suspend' as const, 'reactivate' as const), developer }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('makeKey' as const), developer }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('regenerate' as const),
        key: fc.nat(),
        overlap: fc.constantFrom(0, 1, 60),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constantFrom('deleteKey' as const, 'expireKey' as const), key: fc.nat() }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constantFrom('deleteApplication' as const, 'deleteDeveloper' as const),
        developer,
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('deleteProduct' as const), product }) },
  ),
});
type Step = { by: number; what: (typeof step extends fc.Arbitrary<infer T> ? T : never)['what'] };

export type Key = { id: string; developer: number; text: string; /** Milliseconds since 1970. */ until: number };
export type World = {
  processes: ApiTest[];
  sql: pg.Client;
  portal: string;
  developers: { id: string; application: string; state: 'Active' | 'Suspended' | 'Gone'; hasApplication: boolean }[];
  /** The first accepts subscriptions by itself, the second waits for a decision. */
  products: { id: string; isThere: boolean }[];
  subscriptions: Map<string, { id: string; subscribed: boolean }>;
  keys: Key[];
};

function processOf(processes: ApiTest[], at: number): ApiTest {
  const process = processes[at];
  if (!process) throw new Error('no such process');
  return process;
}

async function idOf(answer: Promise<Response>, name = 'id'): Promise<string> {
  const response = await answer;
  const body = await jsonOf(response);
  if (typeof body[name] !== 'string') throw new Error(`${String(response.status)} ${JSON.stringify(body)}`);
  return body[name];
}

export async function newWorld(processes: ApiTest[], sql: pg.Client): Promise<World> {
  const { api } = processOf(processes, 0);
  const slug = `p${crypto.randomUUID()}`;
  const portal = await idOf(api('/api/portals', { json: { name: slug, slug } }));
  const token = await idOf(api('/api/tokens', { json: { kind: 'portal', name: 'x', portal_id: portal } }), 'token');
  const newDeveloper = async (username: string): Promise<World['developers'][number]> => {
    const json = { username, password: PASSWORD };
    const id = await idOf(api(`/api/portals/${portal}/developers/invites`, { json }), 'developer_id');
    const headers = { 'x-portal-developer-id': id };
    const application = await idOf(api('/api/applications', { token, headers, json: { name: 'app' } }));
    return { id, application, state: 'Active', hasApplication: true };
  };
  const newProduct = async (subscription_auto_approval: boolean): Promise<World['products'][number]> => {
    const json = { name: 'product', status: 'published', subscription_auto_approval };
    return { id: await idOf(api(`/api/portals/${portal}/api_products`, { json })), isThere: true };
  };
  return {
    processes,
    sql,
    portal,
    developers: [await newDeveloper('ada'), await newDeveloper('bob')],
    products: [await newProduct(true), await newProduct(false)],
    subscriptions: new Map(),
    keys: [],
  };
}

/** What the gateway must answer; null while a key expires just now. */
export function expected(world: World, key: Key, at: number): number | null {
  const owner = world.developers[key.developer];
  const product = world.products[at];
  if (!owner || !product?.isThere) return 404;
  if (owner.state === 'Gone' || !owner.hasApplication) return 401;
  if (Math.abs(key.until - Date.now()) < 50) return null;
  if (key.until <= Date.now()) return 401;
  if (owner.state === 'Suspended') return 403;
  return world.subscriptions.get(`${String(key.developer)} ${String(at)}`)?.subscribed ? 200 : 403;
}

export async function take(world: World, { by, what }: Step): Promise<void> {
  const { api } = processOf(world.processes, by);
  const ok = async (call: Promise<Response>): Promise<Response> => {
    const response = await call;
    if (!response.ok) throw new Error(`${what.kind}: ${String(response.status)} ${await response.text()}`);
    return response;
  };
  const side = `portal_id=${world.portal}`;
  const owner = 'developer' in what ? world.developers[what.developer] : undefined;
  const lives = owner !== undefined && owner.state !== 'Gone' && owner.hasApplication;
  switch (what.kind) {
    case 'subscribe': {
      const product = world.products[what.product];
      const pair = `${String(what.developer)} ${String(what.product)}`;
      if (!lives || owner.state !== 'Active' || !product?.isThere || world.subscriptions.has(pair)) return;
      const json = { application_id: owner.application };
      const id = await idOf(api(`/api/api_products/${product.id}/subscriptions?${side}`, { json }));
      world.subscriptions.set(pair, { id, subscribed: what.product === 0 });
      return;
    }
    case 'accept':
    case 'reject': {
      const pair = `${String(what.developer)} 1`;
      const subscription = world.subscriptions.get(pair);
      if (!lives || !subscription || subscription.subscribed) return;
      const { rows } = await world.sql.query<{ id: string }>('select id from approval where subscription_id = $1', [
        subscription.id,
      ]);
      await ok(api(`/api/approvals/${rows[0]?.id ?? ''}/${what.kind}`, { json: {} }));
      if (what.kind === 'accept') subscription.subscribed = true;
      else world.subscriptions.delete(pair);
      return;
    }
    case 'unsubscribe': {
      const pair = `${String(what.developer)} ${String(what.product)}`;
      const subscription = world.subscriptions.get(pair);
      if (!lives || !subscription) return;
      await ok(api(`/api/subscriptions/${subscription.id}?${side}`, { method: 'DELETE' }));
      world.subscriptions.delete(pair);
      return;
    }
    case 'suspend':
    case 'reactivate':
      if (!owner || owner.state === 'Gone') return;
      await ok(api(`/api/portals/${world.portal}/developers/${owner.id}/${what.kind}`, { json: {} }));
      owner.state = what.kind === 'suspend' ? 'Suspended' : 'Active';
      return;
    case 'makeKey': {
      if (!lives || owner.state !== 'Active') return;
      const path = `/api/applications/${owner.application}/credentials?${side}`;
      const made = await jsonOf(await ok(api(path, { json: { type: 'key-auth', name: 'key' } })));
      world.keys.push({ id: String(made['id']), developer: what.developer, text: keyOf(made), until: Infinity });
      return;
    }
    case 'deleteApplication':
      if (!lives) return;
      await ok(api(`/api/applications/${owner.application}?${side}`, { method: 'DELETE' }));
      owner.hasApplication = false;
      forget(world, what.developer);
      return;
    case 'deleteDeveloper':
      if (!owner || owner.state === 'Gone') return;
      await ok(api(`/api/portals/${world.portal}/developers/${owner.id}`, { method: 'DELETE' }));
      owner.state = 'Gone';
      forget(world, what.developer);
      return;
    case 'deleteProduct': {
      const product = world.products[what.product];
      if (!product?.isThere) return;
      await ok(api(`/api/portals/${world.portal}/api_products/${product.id}`, { method: 'DELETE' }));
      product.isThere = false;
      for (const pair of world.subscriptions.keys())
        if (pair.endsWith(` ${String(what.product)}`)) world.subscriptions.delete(pair);
      return;
    }
    case 'regenerate':
    case 'deleteKey':
    case 'expireKey':
      return changeKey(world, what, { api, ok });
  }
}

type KeyStep = Extract<Step['what'], { key: number }>;
type Calls = Pick<ApiTest, 'api'> & { ok(call: Promise<Response>): Promise<Response> };

async function changeKey(world: World, what: KeyStep, { api, ok }: Calls): Promise<void> {
  const current = world.keys.filter(({ until }) => until === Infinity);
  const key = current[what.key % Math.max(1, current.length)];
  const owner = key && world.developers[key.developer];
  if (!key || !owner || owner.state === 'Gone' || !owner.hasApplication) return;
  const path = `/api/applications/${owner.application}/credentials/${key.id}`;
  const side = `?portal_id=${world.portal}`;
  switch (what.kind) {
    case 'regenerate': {
      if (owner.state !== 'Active') return;
      const json = { type: 'key-auth', overlap_seconds: what.overlap };
      const made = await jsonOf(await ok(api(`${path}/regenerate${side}`, { method: 'PUT', json })));
      for (const older of world.keys) if (older.id === key.id && older !== key) older.until = 0;
      key.until = what.overlap === 0 ? 0 : Date.parse(String(made['updated_at'])) + what.overlap * 1000;
      world.keys.push({ ...key, text: keyOf(made), until: Infinity });
      return;
    }
    case 'deleteKey':
      await ok(api(`${path}${side}`, { method: 'DELETE' }));
      for (const older of world.keys) if (older.id === key.id) older.until = 0;
      return;
    case 'expireKey': {
      const until = Date.now() + 300;
      const json = { type: 'key-auth', name: 'key', expires_at: new Date(until).toISOString() };
      await ok(api(`${path}${side}`, { method: 'PUT', json }));
      for (const older of world.keys) if (older.id === key.id) older.until = Math.min(older.until, until);
    }
  }
}

function forget(world: World, developerIndex: number): void {
  for (const pair of world.subscriptions.keys())
    if (pair.startsWith(`${String(developerIndex)} `)) world.subscriptions.delete(pair);
}

function keyOf(made: Record<string, unknown>): string {
  const key: unknown = Reflect.get(Object(made['key-auth']), 'key');
  return String(key);
}
