// Builds dist/, which `npm pack` publishes: the client as JavaScript, and its types in one file that imports no other
// package of this repository.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const here = import.meta.dirname;
const dist = join(here, 'dist');
/** The sources of types, in the order of the resulting file. */
const sources = ['client', 'errors', 'verify-format', 'router'];
/** The sources of JavaScript. The router has only types. */
const scripts = ['index', 'client', 'answers', 'errors', 'verify-format'];

const usage =
  'Usage: node build.mjs\n\nBuilds dist/ (JavaScript, types, licence) from src/ and the router of apps/api.\n';
if (process.argv.length > 2) {
  const isHelp = process.argv[2] === '--help';
  (isHelp ? process.stdout : process.stderr).write(usage);
  process.exit(isHelp ? 0 : 2);
}

const emitted = mkdtempSync(join(tmpdir(), 'gatehouse-client-'));
try {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  const options = ['-p', join(here, 'tsconfig.build.json'), '--outDir', emitted];
  execFileSync(process.execPath, [tsc, ...options], { stdio: 'inherit' });
  const types = declarations();
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist);
  for (const name of scripts) {
    const script = read(join(emitted, 'packages', 'client', 'src', `${name}.js`));
    writeFileSync(join(dist, `${name}.js`), script.replace('@gatehouse/contract/key-format', './key-format.js'));
  }
  copyFileSync(join(emitted, 'packages', 'contract', 'src', 'key-format.js'), join(dist, 'key-format.js'));
  writeFileSync(join(dist, 'index.d.ts'), types);
  copyFileSync(join(here, '..', '..', 'LICENSE'), join(dist, 'LICENSE'));
} finally {
  rmSync(emitted, { recursive: true, force: true });
}

/** tsc expands all inputs and outputs. The server's context, which clients cannot see, becomes `object`. */
function declarations() {
  const trpc = join(emitted, 'apps', 'api', 'src', 'trpc');
  const own = sources.map((name) => withoutOurs(read(join(emitted, 'packages', 'client', 'src', `${name}.d.ts`))));
  const appRouter = only(/export declare const appRouter: ([^]*?\n}.*?);\n/, read(join(trpc, 'app-router.d.ts')))
    .replaceAll(/import\("[./]+\/context\.ts"\)\.ApiContext/g, 'object')
    .replaceAll(/import\("[./]+\/init\.ts"\)\.ErrorShape/g, 'ErrorShape');
  const errorShape = only(/export (type ErrorShape = [^]*?\n};\n)/, read(join(trpc, 'init.d.ts')));
  const text = [
    // tRPC's types use `Disposable`, which the settings of a consumer may not include.
    '/// <reference lib="esnext.disposable" />\n',
    "import type { TRPC_ERROR_CODE_KEY } from '@trpc/server';\n",
    "import type { TRPC_ERROR_CODE_NUMBER } from '@trpc/server/rpc';\n",
    ...own,
    `/** The tRPC router of the service. */\nexport type AppRouter = ${appRouter};\n`,
    `/** The tRPC form of a failed call. */\n${errorShape}`,
    // Without an export statement, every declaration of the file would count as exported.
    'export {};\n',
  ].join('');
  const foreign = text.match(/(?:from |import\()['"](?!@trpc\/(?:client|server|server\/rpc)['"]).*/);
  if (foreign) throw new Error(`The types still import ${foreign[0]}. Change build.mjs to inline it.`);
  return text;
}

function read(file) {
  return readFileSync(file, 'utf8');
}

/** Removes imports and re-exports between the files that are merged. */
function withoutOurs(text) {
  return text.replaceAll(/^import .* from ['"](?:\.|@gatehouse\/).*\n|^export (?:type )?\{.*\n/gm, '');
}

function only(pattern, text) {
  const found = pattern.exec(text)?.[1];
  if (found === undefined)
    throw new Error(`The output of tsc does not match ${pattern}. Adapt build.mjs to its new form.`);
  return found;
}
