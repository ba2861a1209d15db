import { SETTINGS } from '@gatehouse/process/environment';

const WIDTH = Math.max(...SETTINGS.map(({ name }) => name.length)) + 2;

/** The lines of `--help` about settings: about all of them, or about the given names. */
export function settingLines(names?: readonly string[]): string {
  return SETTINGS.filter(({ name }) => names?.includes(name) ?? true)
    .map((setting) => `  ${setting.name.padEnd(WIDTH)}${setting.meaning}${defaultIn(setting)}`)
    .join('\n');
}

const defaultIn = (setting: { default: string | null }): string =>
  setting.default === null ? '' : ` (${setting.default})`;
