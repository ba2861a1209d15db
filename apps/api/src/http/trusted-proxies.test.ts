import express from 'express';
import { expect, test } from 'vitest';
import { serve } from '../testing/serve.ts';
import { networkOf } from './network-of.ts';
import { trustedProxies } from './trusted-proxies.ts';

const CIDRS = ['127.0.0.0/8', '10.0.0.0/8', '2001:db8::/32', '192.0.2.7'];

test.each([
  ['a single hop', '198.51.100.1', '198.51.100.1'],
  ['forged addresses of a client', '10.9.9.9, 203.0.113.9, 198.51.100.1', '198.51.100.1'],
  ['an inner hop', '198.51.100.1, 10.0.0.2', '198.51.100.1'],
  ['an inner hop with a port', '198.51.100.1, 10.0.0.2:4711', '198.51.100.1'],
  ['ports on all hops', '198.51.100.1:1234, 10.0.0.2:4711', '198.51.100.1'],
  ['IPv6 with a port', '[2001:db9::1]:443, [2001:db8::1]:443', '2001:db9:0:0'],
  ['IPv6 in brackets', '[2001:db9::1], [2001:db8::1]', '2001:db9:0:0'],
  ['IPv4-mapped IPv6', '198.51.100.1, ::ffff:10.0.0.2', '198.51.100.1'],
  ['a single address', '198.51.100.1, 192.0.2.7:80', '198.51.100.1'],
  ['no address', 'unknown, 10.0.0.2', 'unknown'],
])('behind proxies given as CIDRs, the client is found through %s', async (_what, forwarded, client) => {
  const app = express().set('trust proxy', trustedProxies(CIDRS));
  app.use((req, res) => void res.send(networkOf(req.ip ?? '')));
  await using server = await serve(app);
  const answer = await server.fetch('/', { headers: { 'x-forwarded-for': forwarded } });
  expect(await answer.text()).toBe(client);
});

test('hops are counted from the connected peer', () => {
  const trust = trustedProxies(1);
  expect([trust('198.51.100.1', 0), trust('198.51.100.1', 1)]).toEqual([true, false]);
  expect(trustedProxies(0)('127.0.0.1', 0)).toBe(false);
});
