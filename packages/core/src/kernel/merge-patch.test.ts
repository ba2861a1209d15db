import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changedFields, mergeLabels, mergePatch } from './merge-patch.ts';

const name = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor');
const labels = fc.array(fc.tuple(name, fc.string())).map((entries) => Object.fromEntries(entries));
const patch = fc.array(fc.tuple(name, fc.option(fc.string()))).map((entries) => Object.fromEntries(entries));

it('sets given values, removes null values and keeps the rest (RFC 7396)', () => {
  fc.assert(
    fc.property(labels, patch, (current, change) => {
      const merged = mergePatch(current, change);
      for (const key of new Set([...Object.keys(current), ...Object.keys(change)])) {
        const given = Object.hasOwn(change, key) ? change[key] : current[key];
        expect(Object.hasOwn(merged, key) ? merged[key] : null).toBe(given ?? null);
      }
      expect(mergePatch(merged, change)).toEqual(merged);
    }),
  );
});

it('names the fields that differ, regardless of the order of their keys', () => {
  expect(changedFields({ a: 1, b: { x: 1, y: 2 } }, { a: 2, b: { y: 2, x: 1 } })).toEqual(['a']);
});

it('rejects a patch that makes labels too many or too long, and ignores old labels without a patch', () => {
  const long = 'x'.repeat(4095);
  const full = { a: long, b: long, c: long, d: long };
  expect(mergeLabels(full, { a: null, e: long })).toEqual({ b: long, c: long, d: long, e: long });
  expect(() => mergeLabels(full, { e: 'x' })).toThrow(
    'Must have at most 16,384 bytes of keys and values in total (UTF-8)',
  );
  const many = Object.fromEntries(Array.from({ length: 64 }, (_, n) => [String(n), '']));
  expect(() => mergeLabels(many, { more: '' })).toThrow('Must have at most 64 labels');
  const old = { ...full, e: long };
  expect(mergeLabels(old, undefined)).toBe(old);
});
