import { expect, test } from 'vitest';
import { upwardImports } from './room-order.ts';

const from = (room: string, ...imported: string[]): string[] =>
  upwardImports(
    `packages/core/src/${room}/file.ts`,
    imported.map((path) => `import { thing } from '${path}';\n`).join(''),
  );

test('a room can import from rooms below it, from itself and from packages', () => {
  expect(from('auth', '../developer/new-developer.ts', './mail-link.ts', '@gatehouse/db/columns', 'zod')).toEqual([]);
});

test('a room cannot import from a room above it, or from a room that the order does not list', () => {
  expect(from('kernel', '../event/catalogue.ts', '../gateway/answer.ts', '../attic/box.ts')).toEqual([
    'packages/core/src/kernel/file.ts: kernel may not import gateway, which is not below it in tools/room-order.ts.',
    'packages/core/src/kernel/file.ts: kernel may not import attic, which is not below it in tools/room-order.ts.',
  ]);
});

test('a room must be listed in the order', () => {
  expect(from('attic')).toEqual([
    'packages/core/src/attic/file.ts: Add the room attic to tools/room-order.ts, above all rooms it imports.',
  ]);
});
