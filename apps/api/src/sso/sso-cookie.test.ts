import express from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serve, type TestServer } from '../testing/serve.ts';
import { dropSsoCookie, keepSsoCookie, readSsoCookie } from './sso-cookie.ts';

const HTTPS = 'https://gatehouse.example';
const NOW = Date.parse('2026-03-01T10:00:00Z');
const BEGUN = { stage: 'begun', return_to: 'https://portal.example', begun: { state: 'x' } } as const;
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
    keepSsoCookie(res, placeOf(req), { ...BEGUN, crossSite: req.query['crossSite'] !== undefined });
    res.end();
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

test('it is good for ten minutes, however long a browser keeps it', async () => {
  const [cookie = ''] = (await server.fetch(`/keep?at=${HTTPS}`)).headers.getSetCookie();
  const readAt = async (seconds: number): Promise<unknown> =>
    (await server.fetch(`/read?at=${HTTPS}&seconds=${String(seconds)}`, { headers: { cookie } })).json();
  expect(await readAt(599)).toMatchObject(BEGUN);
  expect(await readAt(600)).toBeNull();
  expect(await readAt(601)).toBeNull();
});
