import { sealer } from '@gatehouse/core/seal';
import express from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serve, type TestServer } from '../testing/serve.ts';
import { dropSsoCookie, keepSsoCookie, readSsoCookie } from './sso-cookie.ts';

const HTTPS = 'https://gatehouse.example';
const NOW = Date.parse('2026-03-01T10:00:00Z');
const BEGUN = {
  stage: 'begun',
  return_to: 'https://portal.example',
  begun: { state: 'x' },
  replaces: { sessionId: 'session', portalId: 'portal' },
} as const;
const settingsAt = (publicUrl: string) => ({
  secret: 'a secret of at least thirty-two characters',
  previousSecret: null,
  publicUrl,
  smtpEnabled: false,
});

let server: TestServer;
beforeAll(async () => {
  const app = express();
  const placeOf = ({ url }: express.Request) => {
    const { searchParams } = new URL(url, HTTPS);
    const now = new Date(NOW + Number(searchParams.get('seconds') ?? 0) * 1000);
    return { settings: settingsAt(searchParams.get('at') ?? HTTPS), option: 'option', now };
  };
  app.get('/keep', (req, res) => {
    const { crossSite, again } = req.query;
    const until = again === undefined ? {} : { until: NOW + 600_000 };
    keepSsoCookie(res, placeOf(req), { ...BEGUN, ...until, crossSite: crossSite !== undefined });
    res.end();
  });
  app.get('/keep-otherwise', (req, res) => {
    const { settings, option } = placeOf(req);
    const text = JSON.stringify({ stage: 'of another release', until: NOW + 600_000 });
    res.cookie('__Host-gatehouse_sso', sealer(settings, 'sso cookie').seal(text, option)).end();
  });
  app.get('/read', (req, res) => void res.json(readSsoCookie(req, placeOf(req))));
  app.get('/drop', (req, res) => {
    dropSsoCookie(res, placeOf(req).settings);
    res.end();
  });
  server = await serve(app);
});
afterAll(() => server?.[Symbol.asyncDispose]());

const cookieOf = async (path: string): Promise<string> => {
  const [cookie = ''] = (await server.fetch(path)).headers.getSetCookie();
  // The value is sealed, and when it ends is counted from the present.
  return cookie.replace(/=s1\.[^;]+/, '=sealed').replace(/Expires=(?!Thu, 01 Jan 1970)[^;]+/, 'Expires=then');
};

test.each([
  [HTTPS, '', '__Host-gatehouse_sso=sealed; Max-Age=600; Path=/; Expires=then; HttpOnly; Secure; SameSite=Lax'],
  [
    HTTPS,
    '&crossSite',
    '__Host-gatehouse_sso=sealed; Max-Age=600; Path=/; Expires=then; HttpOnly; Secure; SameSite=None',
  ],
  ['http://127.0.0.1', '', 'gatehouse_sso=sealed; Max-Age=600; Path=/; Expires=then; HttpOnly; SameSite=Lax'],
])('a browser at %s%s keeps it', async (at, crossSite, cookie) => {
  expect(await cookieOf(`/keep?at=${at}${crossSite}`)).toBe(cookie);
});

test('a browser takes what ends it: under __Host- only with Secure and Path=/', async () => {
  const gone = 'Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT';
  expect(await cookieOf(`/drop?at=${HTTPS}`)).toBe(`__Host-gatehouse_sso=; ${gone}; Secure`);
  expect(await cookieOf('/drop?at=http://127.0.0.1')).toBe(`gatehouse_sso=; ${gone}`);
});

const readAt = async (cookie: string, seconds: number): Promise<unknown> =>
  (await server.fetch(`/read?at=${HTTPS}&seconds=${String(seconds)}`, { headers: { cookie } })).json();

test('it is good for ten minutes, however long a browser keeps it', async () => {
  const [cookie = ''] = (await server.fetch(`/keep?at=${HTTPS}`)).headers.getSetCookie();
  expect(await readAt(cookie, 599)).toMatchObject(BEGUN);
  expect(await readAt(cookie, 600)).toBeNull();
  expect(await readAt(cookie, 601)).toBeNull();
});

test('kept again it ends when it would have ended', async () => {
  const [cookie = ''] = (await server.fetch(`/keep?at=${HTTPS}&seconds=400&again`)).headers.getSetCookie();
  expect(cookie).toContain('; Max-Age=200;');
  expect(await readAt(cookie, 599)).toMatchObject(BEGUN);
  expect(await readAt(cookie, 600)).toBeNull();
});

test('what another release has kept is none', async () => {
  const [cookie = ''] = (await server.fetch(`/keep-otherwise?at=${HTTPS}`)).headers.getSetCookie();
  expect(await readAt(cookie, 0)).toBeNull();
});
