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

const refusal = (reason: string) => new RegExp(`^GATEHOUSE_DATA_DIR must name a writable directory: .*${reason}.*\\.$`);

test('creates the directory with its parents, and leaves no test file', () => {
  const path = join(ground, 'a', 'b');
  prepareDataDirectory(path);
  prepareDataDirectory(path);
  expect([readdirSync(path), statSync(path).mode & 0o777]).toEqual([[], 0o755]);
});

test('rejects a file in place of the directory', () => {
  const path = join(ground, 'file');
  writeFileSync(path, '');
  expect(() => prepareDataDirectory(path)).toThrow(refusal('is a file or lies below one'));
  expect(() => prepareDataDirectory(join(path, 'below'))).toThrow(refusal('is a file or lies below one'));
});

test.runIf(process.platform === 'linux')('rejects a location where it cannot create a directory', () => {
  for (const path of ['/proc/x', '/proc/x/y', '/proc/self/z']) {
    expect(() => prepareDataDirectory(path)).toThrow(refusal('cannot be created there'));
  }
  expect(() => prepareDataDirectory('/proc')).toThrow(refusal(''));
});

// A superuser can write everywhere.
test.runIf(process.getuid?.() !== 0)('rejects a directory that is not writable for this user', () => {
  chmodSync(ground, 0o500);
  expect(() => prepareDataDirectory(ground)).toThrow(refusal('is not writable for this user'));
  expect(() => prepareDataDirectory(join(ground, 'below'))).toThrow(refusal('is not writable for this user'));
});
