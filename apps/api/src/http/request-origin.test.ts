import fc from 'fast-check';
import { expect, test } from 'vitest';
import { requestOrigin } from './request-origin.ts';

const from = (ip: string | undefined, userAgent?: string) =>
  requestOrigin({ ip, headers: userAgent === undefined ? {} : { 'user-agent': userAgent } });

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['192.0.2.7:50123', '192.0.2.7'],
  ['[2001:db8::1]:50123', '2001:db8::1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2:3:4:5:6'],
  [`fe80::1%${'x'.repeat(5000)}`, 'fe80::1'],
  ['unknown', null],
  ['192.0.2.7, evil', null],
  ["'; drop table event", null],
  ['', null],
  [undefined, null],
])('%s is the address %s', (ip, address) => {
  expect(from(ip)).toEqual({ address, userAgent: null });
});

test('a user agent is stored as one line of at most 512 characters', () => {
  expect(from('', 'curl/8.5.0').userAgent).toBe('curl/8.5.0');
  expect(from('', 'a\0b\r\n\u0085c\td').userAgent).toBe('abcd');
  expect(from('', '\0').userAgent).toBeNull();
  expect(from('', 'x'.repeat(8192)).userAgent).toBe('x'.repeat(512));
  expect(from('', '\ud800x').userAgent).toBe('\ufffdx');
  // The limit is in the middle of a surrogate pair.
  expect(from('', `${'x'.repeat(511)}😀`).userAgent).toBe(`${'x'.repeat(511)}\ufffd`);
});

test('any user agent can be stored', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), fc.string({ unit: 'binary' }), (userAgent, ip) => {
      const origin = from(ip, userAgent);
      expect(origin.userAgent ?? '').toSatisfy((kept: string) => kept.isWellFormed() && !/\p{Cc}/u.test(kept));
      expect((origin.userAgent ?? '').length).toBeLessThanOrEqual(512);
    }),
  );
});
