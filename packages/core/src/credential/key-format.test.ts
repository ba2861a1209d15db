import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasValidChecksum, newKey, parseKey } from './key-format.ts';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const keys = fc.constant(null).map(newKey);
const sign = fc.nat(61).map((digit) => BASE62.charAt(digit));

test('a new key has the documented form, a valid checksum, and comes once', () => {
  const made = Array.from({ length: 1000 }, newKey);
  expect(new Set(made).size).toBe(1000);
  for (const key of made) {
    expect(key).toMatch(/^gtk_[0-9A-Za-z]{49}$/);
    expect(hasValidChecksum(key)).toBe(true);
  }
});

test('the form does not change: this key, of the greatest number, was made by a program in Python', () => {
  expect(hasValidChecksum('gtk_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp108imt6')).toBe(true);
});

test('one wrong sign is always noticed', () => {
  fc.assert(
    fc.property(keys, fc.integer({ min: 4, max: 52 }), sign, (key, at, other) => {
      fc.pre(key.charAt(at) !== other);
      expect(hasValidChecksum(key.slice(0, at) + other + key.slice(at + 1))).toBe(false);
    }),
  );
});

test('what only has the form is told apart', () => {
  const lookalike = fc.array(sign, { minLength: 49, maxLength: 49 }).map((signs) => `gtk_${signs.join('')}`);
  fc.assert(
    fc.property(lookalike, (text) => {
      expect(parseKey(text)).not.toBeNull();
      expect(hasValidChecksum(text)).toBe(false);
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
      expect(parseKey(given)).toBeNull();
      expect(hasValidChecksum(given)).toBe(false);
    }),
  );
});
