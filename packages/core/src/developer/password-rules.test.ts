import { GatehouseError } from '@gatehouse/contract/errors';
import { expect, it } from 'vitest';
import { assertUncommon } from './password-rules.ts';

const names = ['ada.lovelace', 'countess@example.org', 'Acme Developers', 'acme', undefined];

async function codeFor(password: string): Promise<string> {
  try {
    await assertUncommon(password, { field: 'password', names });
    return 'none';
  } catch (error) {
    return error instanceof GatehouseError ? error.code : String(error);
  }
}

it.each([
  ['a leaked password', '1qaz2wsx3edc4rfv', 'PasswordPassword'],
  ['a repeated leaked password', 'Password1Password1', 'dragon99dragon99dragon99'],
  ['repeated characters', 'aaaaaaaaaaaaaaa', '!!!!!!!!!!!!!!!', 'abcABCabcAbcabc', '12-12-12-12-12-1'],
  ['a name of the account', 'Ada.Lovelace', 'ADA LOVELACE 2026!', 'xadalovelace1815', '1815ada_lovelace'],
  ['the email address of the account', 'countess@example.org', 'Countess@Example.org1', '--countess--2026--'],
  ['the name of the portal', 'acme developers', 'AcmeDevelopers#1', 'acmeacme12345678'],
  ['the name of this service', 'Gatehouse2026!!!', 'gatehousegatehouse'],
  ['several of these names', 'acme-ada.lovelace-1', 'countess@acme-2026'],
  ['a long leaked password', 'polniypizdec0211', '30SecondsToMars', '123456789qwerty', 'q1w2e3r4t5y6u7i8'],
  ['a sequence', '123456789012345', '987654321098765', 'abcdefghijklmnop', 'zyxwvutsrqponmlk', '0123456789abcdef'],
  [
    'keyboard rows',
    'qwertyuiopasdfgh',
    'QWERTZUIOPASDFGH',
    'azertyuiopqsdfgh',
    "asdfghjkl;'zxcvb",
    '1q2w3e4r5t6y7u8i9o0p',
  ],
  ['a common word with digits', 'password12345678', 'Football20262026', '2026-administrator', 'Summer2026Summer'],
  ['common substitutions', 'P@ssw0rd12345678', 'Passw0rd!Passw0rd!', 'dr4g0n_dr4g0n_2026', 'M0nk3y1234567890'],
  ['rows of a Russian keyboard', 'йцукенгшщзхъфыв', 'Ячсмитьбюфывапролд'],
  ['a common word in Russian', 'пароль1234567890', 'ПарольПароль123'],
  ['a common word with accents', 'pässwörd12345678', 'Contraseña12345'],
  [
    'a common word or a sequence spelled out',
    'p-a-s-s-w-o-r-d',
    'p.a.s.s.w.o.r.d.1',
    '1 2 3 4 5 6 7 8',
    'a              a',
  ],
  ['a repeated date', '01/01/1990-01/01/1990', '01012000-01012000'],
  ['a repeated common word', 'password password', 'dragon-dragon-dragon', 'liverpool!liverpool!'],
])('rejects %s', async (_, ...passwords) => {
  for (const password of passwords)
    expect([password, await codeFor(password)]).toEqual([password, 'password_too_common']);
});

it.each([
  'correct horse battery staple',
  // Repeated, but long enough without the repetition.
  'green kettlegreen kettle',
  '8471036592817465',
  'ada lovelace wrote notes',
  'acme sells a lot of anvils',
  'grey cat',
  'żółta gęś śpi',
  'welcome to the quiet jungle',
  'kettle-84 and a green goose',
  'x8Kq2mZ9v4Lp7Wn3',
  'Donaudampfschiff',
  '8471-0365-9281-7465',
  'дом стоит на холме',
  'x8-Kq-2m-Z9-v4-Lp',
  '山の上の古い寺で猫が眠っている',
])('accepts %j', async (password) => {
  expect(await codeFor(password)).toBe('none');
});

it('ignores names that are too short', async () => {
  await expect(
    assertUncommon('toto otto toot', { field: 'password', names: ['o', 't', '12'] }),
  ).resolves.toBeUndefined();
});
