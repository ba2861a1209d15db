import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

const run = promisify(execFile);
const here = dirname(import.meta.dirname);

/** The directory of a consumer who has installed only the packed client and tRPC's. */
let consumer = '';
let installed = '';

beforeAll(async () => {
  consumer = await realpath(await mkdtemp(join(tmpdir(), 'gatehouse-pack-')));
  installed = join(consumer, 'node_modules', '@gatehouse', 'client');
  await mkdir(installed, { recursive: true });
  // On Windows, npm is a script, which only a shell can start.
  const options = { cwd: here, shell: process.platform === 'win32' };
  await run('npm', ['pack', '--offline', '--silent', '--pack-destination', consumer], options);
  const tarball = join(consumer, 'gatehouse-client-0.1.0.tgz');
  await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed]);
  await mkdir(join(consumer, 'node_modules', '@trpc'));
  for (const name of ['@trpc/client', '@trpc/server']) {
    await symlink(await realpath(join(here, 'node_modules', name)), join(consumer, 'node_modules', name), 'junction');
  }
  await writeFile(join(consumer, 'package.json'), '{ "type": "module" }');
});

afterAll(() => rm(consumer, { recursive: true, force: true }));

describe('the packed client', () => {
  it('can be installed outside of this repository', async () => {
    const text = await readFile(join(installed, 'package.json'), 'utf8');
    const manifest: unknown = JSON.parse(text);
    expect(manifest).toMatchObject({ license: 'Apache-2.0', exports: { '.': { types: './dist/index.d.ts' } } });
    // `dependencies` with `catalog:` would break the installation, because only pnpm understands it.
    expect(manifest).not.toHaveProperty('dependencies');
    expect(text).toMatch(/"peerDependencies": \{\s*"@trpc\/client": "\^\d[^"]*",\s*"@trpc\/server": "\^\d[^"]*"\s*\}/);
    // Bundlers would apply this condition by default and look for sources that are not in the package.
    expect(text).not.toContain('"development"');
  });

  it('exports only files that are in the package', async () => {
    const { main, types, exports } = Manifest.parse(
      JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')),
    );
    expect(Object.keys(exports)).toEqual(['.']);
    for (const path of [main, types, ...Object.values(exports['.'])])
      expect([path, (await stat(join(installed, path))).isFile()]).toEqual([path, true]);
  });

  it('has types that import only packages of tRPC', async () => {
    const types = await readFile(join(installed, 'dist', 'index.d.ts'), 'utf8');
    for (const foreign of ['zod', 'mikro-orm', 'express', '@gatehouse/']) expect(types).not.toContain(foreign);
    const imported = [...types.matchAll(/(?:from |import\()['"](?<name>[^'"]+)/g)].map(
      ({ groups }) => groups?.['name'],
    );
    expect(new Set(imported)).toEqual(new Set(['@trpc/client', '@trpc/server', '@trpc/server/rpc']));
    expect(types).toMatch(/\*\/\nexport declare function createGatehouseClient/);
    expect(types).toMatch(/\*\/\nexport declare function problemOf/);
  });

  it('compiles the example of its README and rejects a wrong one', async () => {
    const readme = await readFile(join(installed, 'README.md'), 'utf8');
    const example = /```ts\n(?<code>[^]*?)```/.exec(readme)?.groups?.['code'] ?? '';
    expect(example).toContain('createGatehouseClient');
    await writeFile(join(consumer, 'example.ts'), example);
    await writeFile(join(consumer, 'wrong.ts'), example.replace("state: 'Pending'", "state: 'Gone'"));
    for (const resolution of ['nodenext', 'node16', 'bundler', 'node10'] as const) {
      const complaints = (await compile(resolution, ['example.ts', 'wrong.ts'])).trim().split('\n');
      const expected = expect.stringMatching(/^wrong\.ts\(.*Type '"Gone"' is not assignable/);
      expect({ resolution, complaints }).toEqual({ resolution, complaints: [expected] });
    }
  }, 60_000);

  it('runs', async () => {
    const key = 'gtk_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp108imt6';
    const script = `const client = await import('@gatehouse/client');
      console.log(Object.keys(client).join(), client.isGatehouseKey('${key}'), client.isGatehouseKey('${key}0'));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: consumer });
    expect(stdout.trim()).toBe('GatehouseCallError,createGatehouseClient,isGatehouseKey,problemOf true false');
  });
});

/** node10 needs TypeScript 5, because later versions do not support it. */
const MODULES = {
  nodenext: { compiler: 'typescript', module: 'nodenext' },
  node16: { compiler: 'typescript', module: 'node16' },
  bundler: { compiler: 'typescript', module: 'esnext' },
  node10: { compiler: 'typescript-5', module: 'es2022' },
} as const;

const Manifest = z.object({
  main: z.string(),
  types: z.string(),
  exports: z.object({ '.': z.record(z.string(), z.string()) }).catchall(z.unknown()),
});

/** The output of tsc for these files and the types they import; empty without errors. */
async function compile(resolution: keyof typeof MODULES, files: string[]): Promise<string> {
  const { compiler, module } = MODULES[resolution];
  const tsc = join(dirname(createRequire(import.meta.url).resolve(`${compiler}/package.json`)), 'bin', 'tsc');
  const checked = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--target', 'es2024'];
  const options = [...checked, '--module', module, '--moduleResolution', resolution];
  const done = run(process.execPath, [tsc, ...options, ...files], { cwd: consumer });
  return done.then(
    ({ stdout }) => stdout,
    (error: unknown) => (error instanceof Error && 'stdout' in error ? String(error.stdout) : Promise.reject(error)),
  );
}
