import { expect, test } from 'vitest';
import { upwardImports } from './room-order.ts';

const from = (room: string, ...imported: string[]): string[] =>
  upwardImports(
    `packages/core/src/${room}/file.ts`,
    imported.map((path) => `import { thing } from '${path}';\n`).join(''),
  );

test('a room may import rooms below it, itself and packages', () => {
  expect(from('auth', '../developer/new-developer.ts', './mail-link.ts', '@gatehouse/db/columns', 'zod')).toEqual([]);
});

test('a room may not import one above it, nor one that the order does not list', () => {
  expect(from('kernel', '../event/catalogue.ts', '../gateway/answer.ts', '../attic/box.ts')).toEqual([
    'packages/core/src/kernel/file.ts: kernel may not import gateway, which is not below it in tools/room-order.ts.',
    'packages/core/src/kernel/file.ts: kernel may not import attic, which is not below it in tools/room-order.ts.',
  ]);
});

test('a new room must have a place in the order', () => {
  expect(from('attic')).toEqual([
    'packages/core/src/attic/file.ts: Add the room attic to tools/room-order.ts, above all rooms it imports.',
  ]);
});
