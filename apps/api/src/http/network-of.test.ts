import fc from 'fast-check';
import { expect, test } from 'vitest';
import { networkOf } from './network-of.ts';

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::ffff:c000:0207', '192.0.2.7'],
  ['[::FFFF:C000:207]:50123', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0DB8:0001:0002::1', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['::1', '0:0:0:0'],
  ['1::', '1:0:0:0'],
  ['192.0.2.7:50123', '192.0.2.7'],
  ['[2001:db8::1]:50123', '2001:db8:0:0'],
  ['', ''],
])('%s is in %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('all addresses of an IPv6 network of 64 bits are one network, in every spelling', () => {
  const group = fc.integer({ min: 0, max: 0xffff });
  const network = fc.tuple(group, group, group, group);
  const hex = (groups: number[]) =>
    groups
      .map((one) => one.toString(16).padStart(4, '0'))
      .join(':')
      .toUpperCase();
  // The URL parser returns an address in its shortest form.
  const shortest = (address: string) => new URL(`http://[${address}]`).hostname.slice(1, -1);
  fc.assert(
    fc.property(fc.tuple(network, network, network, network), ([mine, other, one, two]) => {
      fc.pre(mine.some((part) => part !== 0));
      const [a, b] = [hex([...mine, ...one]), shortest(hex([...mine, ...two]))];
      expect(networkOf(a)).toBe(networkOf(b));
      if (mine.join() !== other.join()) expect(networkOf(hex([...other, ...one]))).not.toBe(networkOf(a));
    }),
  );
});
