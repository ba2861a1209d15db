import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sealer } from './seal.ts';

const keys = { secret: 'a secret of at least thirty-two characters', previousSecret: null };
const { seal, open, isCurrent } = sealer(keys, 'test');

test('a sealed value can be opened and does not contain the plain text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 8 }), fc.string(), (plain, about) => {
      const sealed = seal(plain, about);
      expect(open(sealed, about)).toBe(plain.toWellFormed());
      expect(sealed).not.toContain(plain);
    }),
  );
});

test('a sealed value that is altered, truncated, or for another record or purpose cannot be opened', () => {
  const sealed = seal('hunter2', 'option 1');
  expect(open(sealed, 'option 2')).toBeNull();
  expect(sealer(keys, 'other').open(sealed, 'option 1')).toBeNull();
  for (let at = 0; at < sealed.length; at += 1) {
    for (const other of ['', sealed[at] === 'A' ? 'B' : 'A', `${sealed[at] ?? ''}A`, '.'])
      if (other !== sealed[at]) expect(open(sealed.slice(0, at) + other + sealed.slice(at + 1), 'option 1')).toBeNull();
    expect(open(sealed.slice(0, at), 'option 1')).toBeNull();
  }
});

test('a new secret opens values of the previous secret as long as that is configured', () => {
  const sealed = seal('hunter2', 'option 1');
  const next = sealer({ secret: 'another secret of at least thirty-two', previousSecret: keys.secret }, 'test');
  expect(next.open(sealed, 'option 1')).toBe('hunter2');
  expect([isCurrent(sealed), next.isCurrent(sealed)]).toEqual([true, false]);
  expect(next.isCurrent(next.seal('hunter2', 'option 1'))).toBe(true);
  const alone = sealer({ secret: 'another secret of at least thirty-two', previousSecret: null }, 'test');
  expect(alone.open(sealed, 'option 1')).toBeNull();
});

test('sealing a value twice gives different results, so that equal secrets are not recognisable', () => {
  expect(seal('hunter2', 'option 1')).not.toBe(seal('hunter2', 'option 1'));
});
