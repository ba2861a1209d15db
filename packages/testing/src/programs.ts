import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The search path, extended by the directories where distributions install servers. */
export const SEARCH_PATH = [process.env['PATH'] ?? '', '/usr/sbin', '/usr/local/sbin'].join(delimiter);

/** The path of a program; undefined if it is not installed. */
export function findProgram(name: string): string | undefined {
  return SEARCH_PATH.split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, name))
    .find(isExecutable);
}

/** Whether the programs of an identity provider are installed. With `TEST_SSO=required`, throws if one is missing. */
export function hasPrograms(...names: string[]): boolean {
  const missing = names.filter((name) => findProgram(name) === undefined);
  if (missing.length > 0 && process.env['TEST_SSO'] === 'required')
    throw new Error(`Not installed: ${missing.join(', ')}`);
  return missing.length === 0;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
