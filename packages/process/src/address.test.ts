import { expect, test } from 'vitest';
import { addressOf, prefixOf } from './address.ts';

test.each([
  ['127.0.0.1', 'http://127.0.0.1:81'],
  ['::1', 'http://[::1]:81'],
  ['localhost', 'http://localhost:81'],
  ['0.0.0.0', 'http://127.0.0.1:81'],
  ['::', 'http://[::1]:81'],
])('reaches a listener on %s at %s', (host, url) => {
  expect(addressOf(host, 81)).toBe(url);
});

test.each([
  ['https://example.org', ''],
  ['https://example.org/', ''],
  ['https://example.org/gate/house/', '/gate/house'],
])('derives from %s the prefix "%s"', (url, prefix) => {
  expect(prefixOf(url)).toBe(prefix);
});
