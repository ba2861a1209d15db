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
])('email_verified %j is %j', (sent, expected) => {
  expect(personOf({}, [{ email, email_verified: sent }]).emailVerified).toBe(expected);
});

test('an address is as verified as the one who tells of it says, and no other address is', () => {
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

test('what the token does not say is asked for', () => {
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
])('of the value %j is read %j', (sent, expected) => {
  expect(attributeValue(sent)).toBe(expected);
});

test.each(['constructor', '__proto__', 'toString'])('%s is no claim', (name) => {
  expect(personOf({ name }, [{}]).name).toBeNull();
});
