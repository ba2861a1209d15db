import type { ApiTest } from './api-test.ts';
import { jsonOf } from './serve.ts';

export const PASSWORD = 'correct horse battery staple';
/** Where the pages are reached from outside, in tests of them. */
export const PUBLIC_URL = 'https://gatehouse.example';

type VisitedPage = { status: number; text: string; location: string | null; headers: Headers };

/** A browser without scripts, as far as these tests need one: it keeps its cookies and says where a form was. */
export type Visitor = {
  /** Paths are below the portal's. */
  get(path: string, headers?: Record<string, string>): Promise<VisitedPage>;
  post(path: string, form: Record<string, string>, headers?: Record<string, string>): Promise<VisitedPage>;
};

export function visitor(gatehouse: ApiTest, slug: string): Visitor {
  const cookies = new Map<string, string>();
  async function send(path: string, init: RequestInit, headers: Record<string, string>): Promise<VisitedPage> {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const response = await gatehouse.fetch(`/portals/${slug}${path}`, { ...init, headers: { cookie, ...headers } });
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return {
      status: response.status,
      text: await response.text(),
      location: response.headers.get('location'),
      headers: response.headers,
    };
  }
  return {
    get: (path, headers = {}) => send(path, {}, headers),
    post: (path, form, headers = {}) =>
      send(path, { method: 'POST', body: new URLSearchParams(form) }, { origin: PUBLIC_URL, ...headers }),
  };
}

/** A new portal; its id. */
export async function newPortal(gatehouse: ApiTest, slug: string, settings: object = {}): Promise<string> {
  const json = { name: `The portal ${slug}`, slug, settings };
  return String((await jsonOf(await gatehouse.api('/api/portals', { json })))['id']);
}

/** Who has registered at that portal, and is signed in. */
export async function signedIn(gatehouse: ApiTest, slug: string, username: string): Promise<Visitor> {
  const who = visitor(gatehouse, slug);
  const email = `${username}@example.org`;
  await who.post('/register', { action: 'register', username, email, password: PASSWORD });
  const { status } = await who.post('/sign_in', { action: 'sign_in', username, password: PASSWORD });
  if (status !== 303) throw new Error(`signing in was answered with ${String(status)}`);
  return who;
}
