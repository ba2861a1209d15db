import { argon2Sync, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { HASHES_AT_ONCE } from './hash-lane.ts';
import { hashPassword, verifyPassword } from './password.ts';

it('hashes with argon2id, a salt and the OWASP parameters, and verifies the hash', async () => {
  const [one, two] = await Promise.all([
    hashPassword('pass phrase', { queue: 9 }),
    hashPassword('pass phrase', { queue: 9 }),
  ]);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(one).not.toBe(two);
  expect(await verifyPassword(one, 'pass phrase')).toBe(true);
  expect(await verifyPassword(one, 'pass phrasE')).toBe(false);
  expect(await verifyPassword('nonsense', 'pass phrase')).toBe(false);
});

it('verifies hashes with the parameters in another order', async () => {
  const [, , , , salt = '', tag = ''] = (await hashPassword('pass phrase', { queue: 9 })).split('$');
  expect(await verifyPassword(`$argon2id$v=19$t=2,p=1,m=19456$${salt}$${tag}`, 'pass phrase')).toBe(true);
});

it('treats composed and decomposed Unicode as the same password', async () => {
  const hash = await hashPassword('Zo\u00EB', { queue: 9 });
  expect(await verifyPassword(hash, 'Zoe\u0308')).toBe(true);
  expect(await verifyPassword(await hashPassword('Zoe\u0308', { queue: 9 }), 'Zo\u00EB')).toBe(true);
  expect(await verifyPassword(hash, 'Zoe')).toBe(false);
});

it('verifies a hash of a decomposed password from an earlier release', async () => {
  const nonce = randomBytes(16);
  const cost = { memory: 19_456, passes: 2, parallelism: 1 };
  const tag = argon2Sync('argon2id', { message: 'Zoe\u0308', nonce, tagLength: 32, ...cost });
  const encoded = [nonce, tag].map((bytes) => bytes.toString('base64').replace(/=+$/, '')).join('$');
  expect(await verifyPassword(`$argon2id$v=19$m=19456,t=2,p=1$${encoded}`, 'Zoe\u0308')).toBe(true);
});

it('refuses hashes beyond the queue limit immediately, with a time to retry', async () => {
  const calls = Array.from({ length: HASHES_AT_ONCE + 9 }, () => hashPassword('x', { queue: 3 }));
  const flood = await Promise.allSettled(calls);
  const refused = flood.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(6);
  expect(refused[0]).toMatchObject({ reason: { code: 'overloaded', retryAfterSeconds: 2 } });
});
