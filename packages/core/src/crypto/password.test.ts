import { argon2Sync, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { hashPassword, verifyPassword } from './password.ts';

it('is kept as argon2id at the OWASP parameters, salted, and verified', async () => {
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

it('reads what others have hashed, whatever the order of the parameters', async () => {
  const [, , , , salt = '', tag = ''] = (await hashPassword('pass phrase', { queue: 9 })).split('$');
  expect(await verifyPassword(`$argon2id$v=19$t=2,p=1,m=19456$${salt}$${tag}`, 'pass phrase')).toBe(true);
});

it('is the same password composed and decomposed', async () => {
  const hash = await hashPassword('Zo\u00EB', { queue: 9 });
  expect(await verifyPassword(hash, 'Zoe\u0308')).toBe(true);
  expect(await verifyPassword(await hashPassword('Zoe\u0308', { queue: 9 }), 'Zo\u00EB')).toBe(true);
  expect(await verifyPassword(hash, 'Zoe')).toBe(false);
});

it('opens a hash of a decomposed password that an earlier release made', async () => {
  const nonce = randomBytes(16);
  const cost = { memory: 19_456, passes: 2, parallelism: 1 };
  const tag = argon2Sync('argon2id', { message: 'Zoe\u0308', nonce, tagLength: 32, ...cost });
  const encoded = [nonce, tag].map((bytes) => bytes.toString('base64').replace(/=+$/, '')).join('$');
  expect(await verifyPassword(`$argon2id$v=19$m=19456,t=2,p=1$${encoded}`, 'Zoe\u0308')).toBe(true);
});

it('refuses more than may wait, at once and with a time to come back', async () => {
  const flood = await Promise.allSettled(Array.from({ length: 10 }, () => hashPassword('x', { queue: 3 })));
  const refused = flood.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(6);
  expect(refused[0]).toMatchObject({ reason: { code: 'overloaded', retryAfterSeconds: 2 } });
});
