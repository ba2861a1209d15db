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

test('what reveals no account, and what guessing costs others, is measured', { timeout: 60_000 }, async () => {
  const output = await bench('sign-in', '--quick');
  const rows = output.split('\n').filter((line) => line.startsWith('|'));
  for (const verb of ['login', 'register', 'forgot_password', 'verify_email', 'reset_password'])
    expect(rows.filter((row) => row.includes(` ${verb}, `))).toHaveLength(2);
  expect(rows.at(-2)).toMatch(/ one place: 10 × 401, 40 × 429 .* met \|$/);
});

test('what finished jobs cost the queue is measured', { timeout: 60_000 }, async () => {
  const output = await bench('queue', '--quick');
  expect(output).toMatch(/completed: 200 kept, 400 kept +\| +\| +\d+ \| +\d+ \| +\d+\.\d\d /);
  expect(output).toMatch(/failed: 200 kept, 400 kept +\| +\| +\d+ \| +\d+ /);
});

test('it says how it is used', async () => {
  expect(await bench('--help')).toContain('verify');
  await expect(bench('nonsense')).rejects.toMatchObject({ code: 1 });
});
