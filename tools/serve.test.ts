import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createScratchDirectory } from '@gatehouse/testing/scratch-directory';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let root: string;
const at = (path: string): string => join(root, path);

/** A small repository in which the api prints a line. */
beforeEach(() => {
  root = createScratchDirectory('serve');
  for (const directory of ['tools', 'apps/api/src', 'packages/core/src']) mkdirSync(at(directory), { recursive: true });
  for (const tool of ['serve.mjs', 'build.ts']) copyFileSync(join(import.meta.dirname, tool), at(`tools/${tool}`));
  symlinkSync(join(import.meta.dirname, 'node_modules'), at('tools/node_modules'));
  writeFileSync(at('package.json'), '{ "type": "module" }');
  writeFileSync(at('apps/api/package.json'), '{ "type": "module" }');
  writeFileSync(at('pnpm-lock.yaml'), 'one');
  writeSource('one');
  writeFileSync(
    at('apps/api/src/main.ts'),
    `import { readFileSync } from 'node:fs';
import { textOf } from '../../../packages/core/src/text.ts';
const read: string = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
process.stdout.write([textOf().name, read.length, import.meta.url.endsWith('/src/main.ts')].join(' '));
if (process.env['FAIL']) throw new Error('expected');
`,
  );
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** All texts have the same length. */
const writeSource = (text: string): void =>
  writeFileSync(at('packages/core/src/text.ts'), `class ${text} {}\nexport const textOf = () => ${text};\n`);

const run = (env: NodeJS.ProcessEnv = {}) =>
  promisify(execFile)(process.execPath, [at('tools/serve.mjs'), 'api'], { cwd: '/', env: { ...process.env, ...env } });
const serve = async (): Promise<string> => (await run()).stdout;
const builds = (): string[] =>
  existsSync(at('apps/api/dist')) ? readdirSync(at('apps/api/dist')).filter((name) => name.startsWith('build-')) : [];

describe('a program', { timeout: 60_000 }, () => {
  it('is built once, also after a copy, and reads files beside its sources', async () => {
    expect(await serve()).toBe('one 20 true');
    writeSource('one');
    expect(await serve()).toBe('one 20 true');
    expect(builds()).toHaveLength(1);
  });

  it.each<[what: string, name: string, change: () => void]>([
    ['a source', 'two', () => writeSource('two')],
    ['the lockfile', 'one', () => writeFileSync(at('pnpm-lock.yaml'), 'two')],
    ['Node', 'one', () => replaceInRecord(process.version, 'v1.0.0')],
  ])('is built again after a change of %s', async (_what, name, change) => {
    await serve();
    change();
    expect(await serve()).toBe(`${name} 20 true`);
    expect(builds()).toHaveLength(2);
  });

  it('is built again after a build that was killed', async () => {
    const killed = spawn(process.execPath, [at('tools/build.ts'), 'api'], { stdio: 'ignore' });
    while (builds().length === 0) await delay(1);
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect(await serve()).toBe('one 20 true');
    expect(builds()).toHaveLength(2);
  });

  it('keeps the build of running programs when a newer one replaces it', async () => {
    await serve();
    const [current = ''] = builds();
    const long = new Date(Date.now() - 30 * 24 * 60 * 60 * 1000);
    utimesSync(at(`apps/api/dist/${current}`), long, long);
    mkdirSync(at('apps/api/dist/build-unused'));
    utimesSync(at('apps/api/dist/build-unused'), long, long);
    writeSource('two');
    await serve();
    expect(builds()).toContain(current);
    expect(builds()).not.toContain('build-unused');
  });

  it('runs from its sources if it cannot be built', async () => {
    writeFileSync(at('tools/build.ts'), "throw new Error('The disk is full.');\n");
    const { stdout, stderr } = await run();
    expect(stdout).toBe('one 20 true');
    expect(stderr).toMatch(/The disk is full[^]*Running the sources instead/);
  });

  it('names the source of an error', async () => {
    await expect(run({ FAIL: 'yes' })).rejects.toThrow(/apps\/api\/src\/main\.ts:5/);
  });
});

function replaceInRecord(part: string, by: string): void {
  const record = at('apps/api/dist/build.json');
  writeFileSync(record, readFileSync(record, 'utf8').replace(part, by));
}
