import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const bench = async (...args: string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, ['bench/main.ts', ...args], {
    cwd: new URL('..', import.meta.url),
  });
  return stdout;
};

test('verify measures all cases and prints a table', { timeout: 60_000 }, async () => {
  const output = await bench('verify', '--quick');
  const rows = output.split('\n').filter((line) => line.startsWith('|'));
  const bars = rows.slice(2).map((row) => row.split('|')[1]?.trim());
  expect(new Set(bars)).toEqual(new Set(['', 'P5', 'P6', 'P16', 'R14']));
  // Times are meaningless in a quick run, but the process that revokes a key must reject it.
  expect(rows.at(-1)).toMatch(/ 0 of 4 accepted .* met \|$/);
});

test(
  'sign-in measures each call for known and unknown accounts, and other callers during guesses',
  { timeout: 60_000 },
  async () => {
    const output = await bench('sign-in', '--quick');
    const rows = output.split('\n').filter((line) => line.startsWith('|'));
    for (const verb of ['login', 'register', 'forgot_password', 'verify_email', 'reset_password'])
      expect(rows.filter((row) => row.includes(` ${verb}, `))).toHaveLength(2);
    expect(rows.at(-2)).toMatch(/ one address: 10 × 401, 40 × 429 .* met \|$/);
  },
);

test('queue measures the cost of finished jobs', { timeout: 60_000 }, async () => {
  const output = await bench('queue', '--quick');
  expect(output).toMatch(/completed: 200 kept, 400 kept +\| +\| +\d+ \| +\d+ \| +\d+\.\d\d /);
  expect(output).toMatch(/failed: 200 kept, 400 kept +\| +\| +\d+ \| +\d+ /);
});

test('--help and an unknown benchmark print the usage', async () => {
  expect(await bench('--help')).toContain('verify');
  await expect(bench('nonsense')).rejects.toMatchObject({ code: 1 });
});
