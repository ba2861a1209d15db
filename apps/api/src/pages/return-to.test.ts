import fc from 'fast-check';
import { expect, test } from 'vitest';
import { returnTo } from './return-to.ts';

const BASE = '/portals/acme';

test.each([
  ['/portals/acme', '/portals/acme'],
  ['/portals/acme?done=verified', '/portals/acme?done=verified'],
  ['/portals/acme/applications?page=2', '/portals/acme/applications?page=2'],
  ['/portals/acme/x/../account#y', '/portals/acme/account'],
])('%s is a page of the portal', (given, goes) => {
  expect(returnTo(given, BASE)).toBe(goes);
});

test.each([
  null,
  '',
  '/',
  '//evil.example',
  '///evil.example/portals/acme',
  '/\\evil.example',
  '\\\\evil.example',
  'https:evil.example',
  'https://evil.example/portals/acme',
  'http://here.invalid.evil.example/portals/acme/x',
  'javascript:alert(1)',
  'data:text/html,x',
  '%2F%2Fevil.example',
  '/%2Fevil.example',
  '/%5Cevil.example',
  '/\t/evil.example',
  ' //evil.example',
  '/portals/acme.evil.example',
  '/portals/acmes/account',
  '/portals/acme/../other/account',
  '/portals/acme/%2e%2e/other',
  '/portals/acme\\..\\..\\..\\',
  '//here.invalid:1/portals/acme/x',
])('%j is not a page of the portal', (given) => {
  expect(returnTo(given, BASE)).toBe(BASE);
});

test.each(['/.//evil.example', '/x/..//evil.example', '/%2e//evil.example', '/.\\/evil.example', '/x/..//'])(
  '%j leads to no other host from a service without a prefix',
  (given) => {
    expect(returnTo(given, '')).toBe('');
  },
);

test.each([BASE, ''])('with any value, a browser stays below %j', (base) => {
  const part = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    '%2e',
    '%2F',
    '@',
    ':',
    'evil.example',
    BASE,
    '\t',
    '\n',
    '?',
    '#',
  );
  const given = fc.oneof(
    fc.string(),
    fc.webUrl(),
    fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(given, (address) => {
      const { origin, pathname } = new URL(returnTo(address, base), 'https://gatehouse.example');
      expect(origin).toBe('https://gatehouse.example');
      expect(pathname === base || pathname.startsWith(`${base}/`)).toBe(true);
    }),
  );
});
