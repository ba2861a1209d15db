import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from '@gatehouse/core/gateway/answer';
import { expect, it } from 'vitest';
import { Memory } from './memory.ts';
import { Revocations } from './revocations.ts';

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

it('keeps neither key nor password in what it remembers by', () => {
  const memory = new Memory(new Revocations());
  const key = memory.keyOf('p', { kind: 'login', username: 'ada', password: 'secret' });
  expect(key).toHaveLength(44);
  expect(new Memory(new Revocations()).keyOf('p', { kind: 'login', username: 'ada', password: 'secret' })).not.toBe(
    key,
  );
  expect(memory.keyOf('p', { kind: 'login', username: 'ad', password: 'asecret' })).not.toBe(key);
});
