import { setTimeout as delay } from 'node:timers/promises';
import type { GatewayDecision } from '@gatehouse/core/gateway/gateway-decision';
import { afterEach, expect, it, vi } from 'vitest';
import { DecisionCache } from './decision-cache.ts';
import { Revocations } from '../revocation/revocations.ts';

afterEach(() => void vi.restoreAllMocks());

const passUntil = (expiresAt: number): GatewayDecision => ({
  kind: 'pass',
  pass: { developerId: 'd', applicationId: 'a', credentialId: 'c', apiProductId: 'p', expiresAt, targets: ['a'] },
});

it('forgets a negative decision after half a second, even if the clock is set back', async () => {
  const cache = new DecisionCache(new Revocations());
  const refusal: GatewayDecision = { kind: 'unknown', forGood: false };
  cache.remember('key', refusal, { stamp: 0, begun: performance.now() });
  expect(cache.recall('key', Date.now())).toEqual(refusal);
  await delay(550);
  expect(cache.recall('key', Date.now() - 86_400_000)).toBeUndefined();
});

it('forgets all negative decisions after a change by this process, even one that was looked up before the change', () => {
  const revocations = new Revocations();
  const cache = new DecisionCache(revocations);
  const refusal: GatewayDecision = { kind: 'unknown', forGood: false };
  const start = { stamp: revocations.stamp, begun: performance.now() };
  cache.remember('early', refusal, start);
  revocations.committed([]);
  cache.remember('late', refusal, start);
  expect([cache.recall('early', 0), cache.recall('late', 0)]).toEqual([undefined, undefined]);
  cache.remember('late', refusal, { ...start, stamp: revocations.stamp });
  expect(cache.recall('late', 0)).toEqual(refusal);
});

it('keeps a positive decision until it expires or is revoked', () => {
  const revocations = new Revocations();
  const cache = new DecisionCache(revocations);
  const start = { stamp: revocations.stamp, begun: performance.now() };
  cache.remember('key', passUntil(1000), start);
  expect(cache.recall('key', 999)).toEqual(passUntil(1000));
  expect(cache.recall('key', 1000)).toBeUndefined();
  cache.remember('key', passUntil(Infinity), start);
  revocations.revoke(['b']);
  expect(cache.recall('key', 0)).toBeDefined();
  revocations.revoke(['a']);
  expect(cache.recall('key', 0)).toBeUndefined();
});

it('keeps a positive decision for a minute from the start of its look-up, even if the clock changes', () => {
  const cache = new DecisionCache(new Revocations());
  const time = vi.spyOn(performance, 'now').mockReturnValue(5000);
  cache.remember('key', passUntil(Infinity), { stamp: 0, begun: 1000 });
  time.mockReturnValue(60_999);
  expect(cache.recall('key', 0)).toEqual(passUntil(Infinity));
  time.mockReturnValue(61_000);
  expect(cache.recall('key', 0)).toBeUndefined();
});

it('returns the latest decision, and does not keep decisions about malformed keys', () => {
  const cache = new DecisionCache(new Revocations());
  const start = { stamp: 0, begun: performance.now() };
  const refusal: GatewayDecision = { kind: 'unknown', forGood: false };
  cache.remember('key', passUntil(Infinity), start);
  cache.remember('key', refusal, start);
  expect(cache.recall('key', 0)).toEqual(refusal);
  cache.remember('other', { kind: 'malformed' }, start);
  expect(cache.recall('other', 0)).toBeUndefined();
});

it('distinguishes the products of a credential', () => {
  const cache = new DecisionCache(new Revocations());
  for (const credential of [
    { kind: 'key', key: 'secret' },
    { kind: 'login', username: 'ada', password: 'secret' },
  ] as const) {
    expect(cache.keyOf('p', credential)).toBe(cache.keyOf('p', credential));
    expect(cache.keyOf('q', credential)).not.toBe(cache.keyOf('p', credential));
  }
});

it('has no key or password in its cache keys', () => {
  const cache = new DecisionCache(new Revocations());
  const key = cache.keyOf('p', { kind: 'login', username: 'ada', password: 'secret' });
  expect(key).toHaveLength(44);
  expect(
    new DecisionCache(new Revocations()).keyOf('p', { kind: 'login', username: 'ada', password: 'secret' }),
  ).not.toBe(key);
  expect(cache.keyOf('p', { kind: 'login', username: 'ad', password: 'asecret' })).not.toBe(key);
});
