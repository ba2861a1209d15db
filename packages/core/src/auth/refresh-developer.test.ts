import { expect, test } from 'vitest';
import { changedFields, emailChange, type EmailChange } from './refresh-developer.ts';

const verified = { emailKey: 'ada@example.org', emailVerified: true };
const unverified = { emailKey: 'ada@example.org', emailVerified: false };
const without = { emailKey: null, emailVerified: false };

type EmailRow = [typeof verified | typeof without, { username?: string; email: string | null; isVerified: boolean }];

test.each<[...EmailRow, EmailChange]>([
  [verified, { email: null, isVerified: false }, 'none'],
  [verified, { email: null, isVerified: true }, 'none'],
  [verified, { email: 'Ada@example.org', isVerified: true }, 'none'],
  [verified, { email: 'ada@example.org', isVerified: false }, 'none'],
  [unverified, { email: 'ada@example.org', isVerified: false }, 'none'],
  [unverified, { email: 'Ada@example.org', isVerified: true }, 'verify'],
  [verified, { email: 'king@example.org', isVerified: false }, 'replace'],
  [verified, { email: 'king@example.org', isVerified: true }, 'replace and verify'],
  [unverified, { email: 'king@example.org', isVerified: true }, 'replace and verify'],
  [without, { email: 'ada@example.org', isVerified: false }, 'replace'],
  [without, { email: 'ada@example.org', isVerified: true }, 'replace and verify'],
  [verified, { username: 'ada@example.org', email: 'king@example.org', isVerified: true }, 'none'],
  [unverified, { username: 'ada@example.org', email: 'ada@example.org', isVerified: true }, 'verify'],
])('%o with the claims %o: %s', (developer, claims, expected) => {
  expect(emailChange(developer, { username: 'ada', ...claims })).toBe(expected);
});

const ada = { username: 'ada', name: 'Ada' };

test.each<[boolean, Partial<typeof ada>, EmailChange, string[]]>([
  [true, {}, 'none', []],
  [false, {}, 'none', []],
  [false, { username: 'king' }, 'none', ['username']],
  [false, { name: 'Ada King' }, 'none', ['name']],
  [false, {}, 'verify', ['email_verified']],
  [true, {}, 'replace', ['email', 'email_verified']],
  [false, {}, 'replace', ['email']],
  [true, {}, 'replace and verify', ['email']],
  [false, {}, 'replace and verify', ['email', 'email_verified']],
  [true, { username: 'king', name: 'Ada King' }, 'replace', ['username', 'name', 'email', 'email_verified']],
])('verified before: %s, %o, %s: %o', (...[emailVerified, changes, change, expected]) => {
  expect(changedFields({ ...ada, emailVerified }, { ...ada, ...changes, change })).toEqual(expected);
});
