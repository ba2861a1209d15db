import { GatehouseError } from '@gatehouse/contract/errors';
import { expect, it } from 'vitest';
import { assertUncommon } from './password-rules.ts';

const names = ['ada.lovelace', 'countess@example.org', 'Acme Developers', 'acme', undefined];

function codeFor(password: string): string {
  try {
    assertUncommon(password, { field: 'password', names });
    return 'none';
  } catch (error) {
    return error instanceof GatehouseError ? error.code : String(error);
  }
}

it.each([
  ['of a list of leaked ones', '1qaz2wsx3edc4rfv', 'PasswordPassword'],
  ['one of them again and again', 'Password1Password1', 'dragon99dragon99dragon99'],
  ['one sign, or a few, again and again', 'aaaaaaaaaaaaaaa', '!!!!!!!!!!!!!!!', 'abcABCabcAbcabc', '12-12-12-12-12-1'],
  ['a name of the account', 'Ada.Lovelace', 'ADA LOVELACE 2026!', 'xadalovelace1815', '1815ada_lovelace'],
  ['its address', 'countess@example.org', 'Countess@Example.org1', '--countess--2026--'],
  ['the portal', 'acme developers', 'AcmeDevelopers#1', 'acmeacme12345678'],
  ['several of these', 'acme-ada.lovelace-1', 'countess@acme-2026'],
])('refuses %s', (_, ...passwords) => {
  for (const password of passwords) expect([password, codeFor(password)]).toEqual([password, 'password_too_common']);
});

it.each([
  'correct horse battery staple',
  // Twice, and long enough once.
  'green kettlegreen kettle',
  '8471036592817465',
  'ada lovelace wrote notes',
  'acme sells a lot of anvils',
  'grey cat',
  'żółta gęś śpi',
])('takes %j', (password) => {
  expect(codeFor(password)).toBe('none');
});

it('takes no name for a word that is too short to be one', () => {
  expect(() => assertUncommon('toto otto toot', { field: 'password', names: ['o', 't', '12'] })).not.toThrow();
});
