import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { BASE62, checksumOf, hasValidChecksum, KEY_FORMAT, KEY_PREFIX } from '@gatehouse/contract/key-format';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from '../crypto/secret.ts';
import { newKey } from './key-format.ts';

const portalPrefixes = fc.option(fc.stringMatching(KEY_PREFIX));
const keys = portalPrefixes.map((prefix) => newKey(prefix).key);
const sign = fc.nat(61).map((digit) => BASE62.charAt(digit));

test('a new key has the documented form, a valid checksum, and comes once', () => {
  const made = Array.from({ length: 1000 }, (_, n) => newKey(n % 2 === 0 ? null : 'acme'));
  expect(new Set(made.map(({ key }) => key)).size).toBe(1000);
  for (const [n, { key, prefix, hash }] of made.entries()) {
    expect(key).toMatch(n % 2 === 0 ? /^gtk_[0-9A-Za-z]{49}$/ : /^gtk_acme_[0-9A-Za-z]{49}$/);
    expect(hasValidChecksum(key)).toBe(true);
    expect(prefix).toMatch(n % 2 === 0 ? /^gtk_[0-9A-Za-z]{8}$/ : /^gtk_acme_[0-9A-Za-z]{8}$/);
    expect(key.startsWith(prefix)).toBe(true);
    expect(hash).toBe(sha256(key));
  }
});

test('the form does not change: this key, of the greatest number, was made by a program in Python', () => {
  expect(hasValidChecksum('gtk_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp108imt6')).toBe(true);
});

test('the expression in the documents is the one that is used, and knows every key', () => {
  const design = readFileSync(join(import.meta.dirname, '../../../../docs/api-design.md'), 'utf8');
  const [, documented = ''] = /^(\^gtk_.*\$)$/m.exec(design) ?? [];
  expect(documented).toBe(KEY_FORMAT.source);
  fc.assert(
    fc.property(keys, (key) => {
      expect(key).toMatch(new RegExp(documented));
    }),
  );
});

test('the checksum is the CRC-32 that everybody has', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[\x20-\x7e]*$/), (text) => {
      const value = checksumOf(text)
        .split('')
        .reduce((sum, digit) => sum * 62 + BASE62.indexOf(digit), 0);
      expect(value).toBe(crc32(text));
    }),
  );
});

test('one wrong sign is always noticed, wherever it stands', () => {
  fc.assert(
    fc.property(keys, fc.nat(), fc.oneof(sign, fc.constant('_')), (key, position, other) => {
      const at = position % key.length;
      fc.pre(key.charAt(at) !== other);
      expect(hasValidChecksum(key.slice(0, at) + other + key.slice(at + 1))).toBe(false);
    }),
    { numRuns: 2000 },
  );
});

test('what only has the form is told apart', () => {
  const signs = fc.array(sign, { minLength: 49, maxLength: 49 }).map((all) => all.join(''));
  fc.assert(
    fc.property(portalPrefixes, signs, (prefix, text) => {
      const lookalike = prefix === null ? `gtk_${text}` : `gtk_${prefix}_${text}`;
      expect(lookalike).toMatch(KEY_FORMAT);
      expect(hasValidChecksum(lookalike)).toBe(false);
    }),
    { numRuns: 10_000 },
  );
});

test('anything else is no key, and never an error', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    keys.chain((key) => fc.constantFrom(`${key}\n`, ` ${key}`, key.slice(1), `${key}0`, key.toUpperCase())),
  );
  fc.assert(
    fc.property(text, (given) => {
      expect(hasValidChecksum(given)).toBe(false);
    }),
  );
});
