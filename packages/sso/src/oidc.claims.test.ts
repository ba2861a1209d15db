import { expect, test } from 'vitest';
import { attributeValue } from './attribute-value.ts';
import { lacking, personOf } from './oidc.claims.ts';

const email = 'ann@example.test';

test.each([
  [true, true],
  ['true', true],
  [false, false],
  ['false', false],
  ['yes', false],
  [1, false],
  [null, null],
  [undefined, null],
])('reads email_verified %j as %j', (sent, expected) => {
  expect(personOf({}, [{ email, email_verified: sent }]).emailVerified).toBe(expected);
});

test('takes email_verified only from the source of the address, and only for that address', () => {
  const verified = { email_verified: true };
  expect(personOf({}, [{ email }, { email: 'eve@example.test', ...verified }])).toMatchObject({
    email,
    emailVerified: null,
  });
  expect(personOf({}, [verified, { email }])).toMatchObject({ email, emailVerified: null });
  const upn = { upn: 'admin@example.test', email, ...verified };
  expect(personOf({ email: 'upn' }, [upn])).toMatchObject({ email: 'admin@example.test', emailVerified: null });
  expect(personOf({ email: 'upn' }, [{ ...upn, upn: email }])).toMatchObject({ email, emailVerified: true });
  expect(personOf({}, [verified])).toMatchObject({ email: null, emailVerified: null });
});

test('lists the claims that the ID token lacks', () => {
  expect(lacking({ name: 'cn' }, { preferred_username: 'ann', name: 'Ann', cn: ' ' })).toEqual(['email', 'cn']);
  expect(personOf({}, [{ name: '' }, { name: 'Ann' }]).name).toBe('Ann');
});

test.each([
  [' Ann ', 'Ann'],
  [['first', 'second'], 'first'],
  ['x'.repeat(1000), 'x'.repeat(1000)],
  ['x'.repeat(1001), null],
  ['a\0b', null],
  [' ', null],
  [[], null],
  [[['nested']], null],
  [7, null],
  [{}, null],
  [null, null],
])('reads the value %j as %j', (sent, expected) => {
  expect(attributeValue(sent)).toBe(expected);
});

test.each(['constructor', '__proto__', 'toString'])('does not read the inherited property %s as a claim', (name) => {
  expect(personOf({ name }, [{}]).name).toBeNull();
});
