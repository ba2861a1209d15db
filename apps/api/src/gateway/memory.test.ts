import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from '@gatehouse/core/gateway/answer';
import { afterEach, expect, it, vi } from 'vitest';
import { Memory } from './memory.ts';
import { Revocations } from './revocations.ts';

afterEach(() => void vi.restoreAllMocks());

const passUntil = (expiresAt: number): Answer => ({
  kind: 'pass',
  pass: { developerId: 'd', applicationId: 'a', credentialId: 'c', apiProductId: 'p', expiresAt, targets: ['a'] },
});

it('forgets a no after half a second, whatever the clock says', async () => {
  const memory = new Memory(new Revocations());
  const no: Answer = { kind: 'unknown', forGood: false };
  memory.remember('key', no, { stamp: 0, begun: performance.now() });
  expect(memory.recall('key', Date.now())).toEqual(no);
  await delay(550);
  expect(memory.recall('key', Date.now() - 86_400_000)).toBeUndefined();
});

it('forgets every no after a change of this process, also one that was looked up before', () => {
  const revocations = new Revocations();
  const memory = new Memory(revocations);
  const no: Answer = { kind: 'unknown', forGood: false };
  const looked = { stamp: revocations.stamp, begun: performance.now() };
  memory.remember('early', no, looked);
  revocations.endRefusals();
  memory.remember('late', no, looked);
  expect([memory.recall('early', 0), memory.recall('late', 0)]).toEqual([undefined, undefined]);
  memory.remember('late', no, { ...looked, stamp: revocations.stamp });
  expect(memory.recall('late', 0)).toEqual(no);
});

it('keeps a yes no longer than what it is about lasts, or is not revoked', () => {
  const revocations = new Revocations();
  const memory = new Memory(revocations);
  const looked = { stamp: revocations.stamp, begun: performance.now() };
  memory.remember('key', passUntil(1000), looked);
  expect(memory.recall('key', 999)).toEqual(passUntil(1000));
  expect(memory.recall('key', 1000)).toBeUndefined();
  memory.remember('key', passUntil(Infinity), looked);
  revocations.revoke(['b']);
  expect(memory.recall('key', 0)).toBeDefined();
  revocations.revoke(['a']);
  expect(memory.recall('key', 0)).toBeUndefined();
});

it('keeps a yes for a minute since it began to be looked up, whatever the clock says', () => {
  const memory = new Memory(new Revocations());
  const time = vi.spyOn(performance, 'now').mockReturnValue(5000);
  memory.remember('key', passUntil(Infinity), { stamp: 0, begun: 1000 });
  time.mockReturnValue(60_999);
  expect(memory.recall('key', 0)).toEqual(passUntil(Infinity));
  time.mockReturnValue(61_000);
  expect(memory.recall('key', 0)).toBeUndefined();
});

it('says the newest answer, and keeps none about what cannot be a key', () => {
  const memory = new Memory(new Revocations());
  const looked = { stamp: 0, begun: performance.now() };
  const no: Answer = { kind: 'unknown', forGood: false };
  memory.remember('key', passUntil(Infinity), looked);
  memory.remember('key', no, looked);
  expect(memory.recall('key', 0)).toEqual(no);
  memory.remember('other', { kind: 'malformed' }, looked);
  expect(memory.recall('other', 0)).toBeUndefined();
});

it('knows a key and a login at the product alone that it was asked about', () => {
  const memory = new Memory(new Revocations());
  for (const shown of [
    { kind: 'key', key: 'secret' },
    { kind: 'login', username: 'ada', password: 'secret' },
  ] as const) {
    expect(memory.keyOf('p', shown)).toBe(memory.keyOf('p', shown));
    expect(memory.keyOf('q', shown)).not.toBe(memory.keyOf('p', shown));
  }
});

it('keeps neither key nor password in what it remembers by', () => {
  const memory = new Memory(new Revocations());
  const key = memory.keyOf('p', { kind: 'login', username: 'ada', password: 'secret' });
  expect(key).toHaveLength(44);
  expect(new Memory(new Revocations()).keyOf('p', { kind: 'login', username: 'ada', password: 'secret' })).not.toBe(
    key,
  );
  expect(memory.keyOf('p', { kind: 'login', username: 'ad', password: 'asecret' })).not.toBe(key);
});
