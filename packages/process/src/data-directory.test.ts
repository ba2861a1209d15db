import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prepareDataDirectory } from './data-directory.ts';

let ground: string;
beforeEach(() => {
  ground = mkdtempSync(join(tmpdir(), 'gatehouse-data-'));
});
afterEach(() => rmSync(ground, { recursive: true, force: true }));

const refusal = (reason: string) => new RegExp(`^GATEHOUSE_DATA_DIR must name a directory .*${reason}.*\\.$`);

test('it is made with everything above it, and nothing is left in it', () => {
  const path = join(ground, 'a', 'b');
  prepareDataDirectory(path);
  prepareDataDirectory(path);
  expect([readdirSync(path), statSync(path).mode & 0o777]).toEqual([[], 0o755]);
});

test('a file in its place is refused', () => {
  const path = join(ground, 'file');
  writeFileSync(path, '');
  expect(() => prepareDataDirectory(path)).toThrow(refusal('is a file'));
  expect(() => prepareDataDirectory(join(path, 'below'))).toThrow(refusal('is a file'));
});

test.runIf(process.platform === 'linux')('a place where nothing can be made is refused, at once', () => {
  for (const path of ['/proc/x', '/proc/x/y', '/proc/self/z']) {
    expect(() => prepareDataDirectory(path)).toThrow(refusal('cannot be made there'));
  }
  expect(() => prepareDataDirectory('/proc')).toThrow(refusal(''));
});

// A superuser may write everywhere.
test.runIf(process.getuid?.() !== 0)('a directory that is closed to this user is refused', () => {
  chmodSync(ground, 0o500);
  expect(() => prepareDataDirectory(ground)).toThrow(refusal('is closed to this user'));
  expect(() => prepareDataDirectory(join(ground, 'below'))).toThrow(refusal('is closed to this user'));
});
