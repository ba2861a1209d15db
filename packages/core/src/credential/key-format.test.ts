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
const character = fc.nat(61).map((digit) => BASE62.charAt(digit));

test('a new key has the documented format and a valid checksum, and is unique', () => {
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

test('the format accepts the key of the greatest number, computed by a Python program', () => {
  expect(hasValidChecksum('gtk_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp108imt6')).toBe(true);
});

test('the documented expression is the one in use, and matches every key', () => {
  const design = readFileSync(join(import.meta.dirname, '../../../../docs/api-design.md'), 'utf8');
  const [, documented = ''] = /^(\^gtk_.*\$)$/m.exec(design) ?? [];
  expect(documented).toBe(KEY_FORMAT.source);
  fc.assert(
    fc.property(keys, (key) => {
      expect(key).toMatch(new RegExp(documented));
    }),
  );
});

test('the checksum is the CRC-32 of zlib', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[\x20-\x7e]*$/), (text) => {
      const value = checksumOf(text)
        .split('')
        .reduce((sum, digit) => sum * 62 + BASE62.indexOf(digit), 0);
      expect(value).toBe(crc32(text));
    }),
  );
});

test('the checksum detects one wrong character at any position', () => {
  fc.assert(
    fc.property(keys, fc.nat(), fc.oneof(character, fc.constant('_')), (key, position, other) => {
      const at = position % key.length;
      fc.pre(key.charAt(at) !== other);
      expect(hasValidChecksum(key.slice(0, at) + other + key.slice(at + 1))).toBe(false);
    }),
    { numRuns: 2000 },
  );
});

test('the checksum rejects random text in the format of a key', () => {
  const texts = fc.array(character, { minLength: 49, maxLength: 49 }).map((all) => all.join(''));
  fc.assert(
    fc.property(portalPrefixes, texts, (prefix, text) => {
      const lookalike = prefix === null ? `gtk_${text}` : `gtk_${prefix}_${text}`;
      expect(lookalike).toMatch(KEY_FORMAT);
      expect(hasValidChecksum(lookalike)).toBe(false);
    }),
    { numRuns: 10_000 },
  );
});

test('other text has no valid checksum and causes no error', () => {
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
