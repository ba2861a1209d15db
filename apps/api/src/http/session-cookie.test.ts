import { expect, test } from 'vitest';
import { refuseForeignPages, sessionCookie } from './session-cookie.ts';

const OWN = ['https://gatehouse.example/x', 'https://portal.example:8443/start', null];

test.each([
  ['GET', {}, true],
  ['HEAD', { origin: 'https://evil.example' }, true],
  ['POST', { origin: 'https://gatehouse.example' }, true],
  ['DELETE', { origin: 'https://portal.example:8443', 'sec-fetch-site': 'same-site' }, true],
  ['PATCH', { 'sec-fetch-site': 'same-origin' }, true],
  ['POST', {}, false],
  ['POST', { origin: 'null' }, false],
  ['POST', { origin: 'http://gatehouse.example' }, false],
  ['POST', { origin: 'https://portal.example' }, false],
  ['POST', { origin: 'https://gatehouse.example.evil.example' }, false],
  ['POST', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, false],
  ['POST', { 'sec-fetch-site': 'same-site' }, false],
  ['POST', { 'sec-fetch-site': 'none' }, false],
  ['PUT', { referer: 'https://gatehouse.example/' }, false],
])('%s with %j: %s', (method, headers, passes) => {
  const look = () => refuseForeignPages({ method, headers }, OWN);
  if (passes) expect(look).not.toThrow();
  else expect(look).toThrow(/must come from a page of this portal/);
});

test('the name of the cookie restricts it to this host with https', () => {
  const headers = { cookie: 'a=1; gatehouse_session=plain;__Host-gatehouse_session=kept; b=' };
  expect(sessionCookie({ publicUrl: 'https://gatehouse.example' }).read({ headers })).toBe('kept');
  expect(sessionCookie({ publicUrl: 'http://gatehouse.example' }).read({ headers })).toBe('plain');
  expect(
    sessionCookie({ publicUrl: 'http://x' }).read({ headers: { cookie: 'xgatehouse_session=1; gatehouse_session=' } }),
  ).toBeNull();
  expect(sessionCookie({ publicUrl: 'http://x' }).read({ headers: {} })).toBeNull();
});
