import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readCursor, writeCursor } from './cursor.ts';

const secret = 'a secret of at least thirty-two characters';
const position = fc.record({ sort: fc.option(fc.string({ unit: 'binary' })), id: fc.uuid() });

it('a cursor returns its position, but only with the same filter and secret', () => {
  fc.assert(
    fc.property(position, fc.string(), fc.string(), (at, binding, other) => {
      const cursor = writeCursor(secret, { binding, position: at });
      expect(readCursor(secret, { cursor, binding })).toEqual(at);
      if (other !== binding) expect(() => readCursor(secret, { cursor, binding: other })).toThrow('cursor');
      expect(() => readCursor(`${secret}!`, { cursor, binding })).toThrow('cursor');
    }),
  );
});

it('a cursor with any altered character is rejected', () => {
  const cursor = writeCursor(secret, { binding: 'b', position: { sort: 'x', id: '1' } });
  fc.assert(
    fc.property(fc.nat(cursor.length - 2), fc.constantFrom('A', 'Z', 'a', '0', '9', '-', '_', '.'), (at, character) => {
      const changed = `${cursor.slice(0, at)}${character}${cursor.slice(at + 1)}`;
      if (changed !== cursor) expect(() => readCursor(secret, { cursor: changed, binding: 'b' })).toThrow('cursor');
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(() => readCursor(secret, { cursor: text, binding: 'b' })).toThrow('cursor');
    }),
  );
});
