import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Labels, LabelsPatch } from './text.ts';

const [COUNT, BYTES] = [64, 16_384];
const bytesOf = (labels: Record<string, string>): number =>
  Object.entries(labels).reduce((sum, [key, value]) => sum + Buffer.byteLength(key + value), 0);

const letter = fc.constantFrom('a', 'é', '漢', '😀');
const text = (max: number) =>
  fc.tuple(letter, fc.integer({ min: 1, max })).map(([character, length]) => character.repeat(length));
const labels = fc.dictionary(text(128), text(4096), { maxKeys: 70 });

it('allows at most 64 labels with 16,384 bytes in total', () => {
  fc.assert(
    fc.property(labels, (given) => {
      const fits = Object.keys(given).length <= COUNT && bytesOf(given) <= BYTES;
      expect(Labels.safeParse(given).success).toBe(fits);
      expect(LabelsPatch.safeParse(given).success).toBe(fits);
    }),
  );
  const full = { a: 'x'.repeat(4095), b: 'x'.repeat(4095), c: 'x'.repeat(4095), d: 'x'.repeat(4095) };
  expect(Labels.safeParse(full).success).toBe(true);
  expect(Labels.safeParse({ ...full, a: 'x'.repeat(4096) }).success).toBe(false);
});

it('does not count keys that a patch removes', () => {
  const removed = Object.fromEntries(Array.from({ length: COUNT }, (_, n) => [`${'漢'.repeat(120)}${n}`, null]));
  expect(LabelsPatch.safeParse(removed).success).toBe(true);
});
