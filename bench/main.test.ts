import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const bench = async (...args: string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, ['bench/main.ts', ...args], {
    cwd: new URL('..', import.meta.url),
  });
  return stdout;
};

test(
  'the data set loads, both sides give the same answers, and every case has its rows',
  { timeout: 120_000 },
  async () => {
    const output = await bench('developers', 'revocation', '--smoke');
    const rows = output.split('\n').filter((line) => line.startsWith('|'));
    const bars = rows.slice(2).map((row) => row.split('|')[1]?.trim());
    expect(bars).toEqual(['P1', 'P2', 'P3', 'P3', 'R14', 'R14', 'R14']);
    // Times are meaningless in a smoke test, but the process that revokes a key must reject it.
    expect(rows.at(-1)).toMatch(/ 0 of 8 accepted .* met +\|$/);
  },
);

test('--help and an unknown case print the usage', async () => {
  expect(await bench('--help')).toContain('revocation');
  await expect(bench('nonsense')).rejects.toMatchObject({ code: 1 });
});
