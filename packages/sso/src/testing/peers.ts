import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Whether the programs of a real identity provider are installed; `TEST_SSO=required` takes no for a failure. */
export function hasPrograms(...names: string[]): boolean {
  const missing = names.filter((name) => !isInstalled(name));
  if (missing.length > 0 && process.env.TEST_SSO === 'required') throw new Error(`${missing.join(', ')} missing`);
  return missing.length === 0;
}

function isInstalled(name: string): boolean {
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'].some((directory) => {
    try {
      accessSync(join(directory, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
