import { sealer } from '@gatehouse/core/crypto/seal';
import express from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serve, type TestServer } from '../testing/serve.ts';
import { dropSignIn, endOf, keepSignIn, keyOf, signInsOf } from './sso-cookie.ts';

const HTTPS = 'https://gatehouse.example';
const NOW = Date.parse('2026-03-01T10:00:00Z');
const KEY = keyOf('state');
const BEGUN = {
  stage: 'begun',
  login_option: 'option',
  return_to: 'https://portal.example',
  begun: { state: 'state' },
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
  const browserOf = (req: express.Request, res: express.Response) => {
    const { searchParams } = new URL(req.url, HTTPS);
    const now = new Date(NOW + Number(searchParams.get('seconds') ?? 0) * 1000);
    return { req, res, settings: settingsAt(searchParams.get('at') ?? HTTPS), now };
  };
  app.get('/keep', (req, res) => {
    const browser = browserOf(req, res);
    const { crossSite, again } = req.query;
    const until = endOf(again === undefined ? browser.now : new Date(NOW));
    keepSignIn(browser, { key: KEY, stored: { ...BEGUN, until } }, { crossSite: crossSite !== undefined });
    res.end();
  });
  app.get('/keep-otherwise', (req, res) => {
    const { settings } = browserOf(req, res);
    const text = JSON.stringify({ stage: 'of another release', until: NOW + 600_000 });
    res.cookie(`__Host-gatehouse_sso_${KEY}`, sealer(settings, 'sso cookie').seal(text, KEY)).end();
  });
  app.get('/read', (req, res) => void res.json(signInsOf(browserOf(req, res))));
  app.get('/drop', (req, res) => {
    dropSignIn(browserOf(req, res), KEY);
    res.end();
  });
  server = await serve(app);
});
afterAll(() => server?.[Symbol.asyncDispose]());

const cookieOf = async (path: string): Promise<string> => {
  const [cookie = ''] = (await server.fetch(path)).headers.getSetCookie();
  // Masks the encrypted value, and the expiry date, which depends on the current time.
  return cookie
    .replace(KEY, 'key')
    .replace(/=s1\.[^;]+/, '=sealed')
    .replace(/Expires=(?!Thu, 01 Jan 1970)[^;]+/, 'Expires=then');
};

test.each([
  [HTTPS, '', '__Host-gatehouse_sso_key=sealed; Max-Age=600; Path=/; Expires=then; HttpOnly; Secure; SameSite=Lax'],
  [
    HTTPS,
    '&crossSite',
    '__Host-gatehouse_sso_key=sealed; Max-Age=600; Path=/; Expires=then; HttpOnly; Secure; SameSite=None',
  ],
  ['http://127.0.0.1', '', 'gatehouse_sso_key=sealed; Max-Age=600; Path=/; Expires=then; HttpOnly; SameSite=Lax'],
])('stores the cookie at %s%s', async (at, crossSite, cookie) => {
  expect(await cookieOf(`/keep?at=${at}${crossSite}`)).toBe(cookie);
});

test('deletes a __Host- cookie with Secure and Path=/', async () => {
  const gone = 'Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT';
  expect(await cookieOf(`/drop?at=${HTTPS}`)).toBe(`__Host-gatehouse_sso_key=; ${gone}; Secure`);
  expect(await cookieOf('/drop?at=http://127.0.0.1')).toBe(`gatehouse_sso_key=; ${gone}`);
});

const readAt = async (cookie: string, seconds: number): Promise<unknown> =>
  (await server.fetch(`/read?at=${HTTPS}&seconds=${String(seconds)}`, { headers: { cookie } })).json();

test('expires after ten minutes, even if a browser keeps the cookie', async () => {
  const [cookie = ''] = (await server.fetch(`/keep?at=${HTTPS}`)).headers.getSetCookie();
  expect(await readAt(cookie, 599)).toMatchObject([{ key: KEY, stored: BEGUN }]);
  expect(await readAt(cookie, 600)).toEqual([]);
  expect(await readAt(cookie, 601)).toEqual([]);
});

test('keeps the expiry of a sign-in that is stored again', async () => {
  const [cookie = ''] = (await server.fetch(`/keep?at=${HTTPS}&seconds=400&again`)).headers.getSetCookie();
  expect(cookie).toContain('; Max-Age=200;');
  expect(await readAt(cookie, 599)).toMatchObject([{ key: KEY, stored: BEGUN }]);
  expect(await readAt(cookie, 600)).toEqual([]);
});

test('decrypts a cookie only under its own name', async () => {
  const [cookie = ''] = (await server.fetch(`/keep?at=${HTTPS}`)).headers.getSetCookie();
  expect(await readAt(cookie.replace(KEY, keyOf('another state')), 0)).toEqual([]);
});

test('ignores a sign-in that another release stored', async () => {
  const [cookie = ''] = (await server.fetch(`/keep-otherwise?at=${HTTPS}`)).headers.getSetCookie();
  expect(await readAt(cookie, 0)).toEqual([]);
});
