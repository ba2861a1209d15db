import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const bench = async (...args: string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, ['bench/main.ts', ...args], {
    cwd: new URL('..', import.meta.url),
  });
  return stdout;
};

test('everything is measured, and shown in a table', { timeout: 60_000 }, async () => {
  const output = await bench('verify', '--quick');
  const rows = output.split('\n').filter((line) => line.startsWith('|'));
  const bars = rows.slice(2).map((row) => row.split('|')[1]?.trim());
  expect(new Set(bars)).toEqual(new Set(['', 'P5', 'P6', 'P16', 'R14']));
  // Times say nothing here, but whoever revoked must not let pass.
  expect(rows.at(-1)).toMatch(/ 0 of 4 passed .* met \|$/);
});

test('it says how it is used', async () => {
  expect(await bench('--help')).toContain('verify');
  await expect(bench('nonsense')).rejects.toMatchObject({ code: 1 });
});
