// Runs `npm start`, `npm test`, … from a bare clone, with only Node >= 20 and npm. It therefore has no dependencies and is
// not TypeScript. It installs the dependencies of pnpm-lock.yaml, and then runs one program with the pinned Node.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The steps of each program run in order, even after a failed one, so that one run reports all findings. */
const programs = {
  start: {
    steps: [['tools/start.ts']],
    says: 'run Gatehouse on this machine (npm start -- --help shows the settings)',
  },
  test: {
    steps: [['node_modules/vitest/vitest.mjs', 'run']],
    says: 'run all tests, or the tests below a path: npm test -- <path>',
  },
  check: {
    steps: [
      // One failing task must not hide the findings of the others.
      [
        'node_modules/turbo/bin/turbo',
        'run',
        ...['typecheck', 'lint', 'format', 'knip'].map((task) => `//#turbo:${task}`),
        '--continue',
      ],
      ['node_modules/turbo/bin/turbo', 'boundaries'],
      ['tools/check-source.ts'],
      ['tools/check-docs.ts'],
    ],
    says: 'check types, lint, format, unused code, package boundaries, source rules and documents',
  },
  build: { steps: [['tools/build.ts']], says: 'bundle the api and the worker; a start does this after a change' },
  migrate: { steps: [['tools/migrate.ts']], says: 'apply the migrations to the database of DATABASE_URL' },
  'counters:check': {
    steps: [['tools/check-counters.ts']],
    says: 'compare the totals of lists with the rows (npm run counters:check -- --repair corrects them)',
  },
  bench: { steps: [['bench/main.ts']], says: 'run benchmarks (npm run bench -- --help lists them)' },
  format: { steps: [['node_modules/oxfmt/bin/oxfmt']], says: 'format all files' },
};
const minimumNode = 24;
/** Milliseconds between two progress messages of an install. */
const stillInstalling = 30_000;

const windows = process.platform === 'win32';
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, 'node_modules', '.bin');
const readJson = (...path) => JSON.parse(readFileSync(join(root, ...path), 'utf8'));

const env = {
  // With the cache, a later start of a program takes a third less CPU time.
  NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node'),
  ...process.env,
  DO_NOT_TRACK: '1',
  TURBO_TELEMETRY_DISABLED: '1',
};
const pathName = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
env[pathName] = bin + delimiter + (env[pathName] ?? '');

let current;
let stopping = false;
function stop(signal) {
  stopping = true;
  current?.kill(signal);
}

function usage() {
  const lines = Object.entries(programs).map(([name, { says }]) => `  ${name.padEnd(16)}${says}`);
  return ['Usage: node tools/run.mjs <program> [arguments]', '', ...lines].join('\n');
}

/** The command of the pinned pnpm: from an earlier run if it is installed, otherwise fetched by npm. */
function pnpmCommand() {
  const pinned = readJson('package.json').packageManager.split('+')[0];
  const installed = join(bin, windows ? 'pnpm.CMD' : 'pnpm');
  const isInstalled = existsSync(installed) && existsSync(join(root, 'node_modules', 'pnpm', 'package.json'));
  if (isInstalled && `pnpm@${readJson('node_modules', 'pnpm', 'package.json').version}` === pinned) return [installed];
  const npm = env.npm_execpath ?? '';
  const npmCommand = npm.endsWith('npm-cli.js') ? [process.execPath, npm] : [windows ? 'npm.cmd' : 'npm'];
  return [...npmCommand, 'exec', '--yes', '--loglevel=error', `--package=${pinned}`, '--', 'pnpm'];
}

/** npm and pnpm keep downloads below the home directory, which a user of a container may not have. */
function installEnvironment() {
  try {
    accessSync(homedir(), constants.W_OK);
    return env;
  } catch {
    const home = join(root, 'node_modules', '.home');
    mkdirSync(home, { recursive: true });
    return { ...env, HOME: home, npm_config_cache: join(home, '.npm') };
  }
}

/** Resolves with the exit code. Shows pnpm's output only if it fails, so that it does not hide the program's output. */
function install() {
  const [command, ...prefix] = pnpmCommand();
  if (!existsSync(bin)) console.log('Installing dependencies (first run only, about half a minute)…');
  const child = spawn(command, [...prefix, 'install', '--frozen-lockfile', '--reporter=append-only'], {
    cwd: root,
    env: installEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: windows && /\.cmd$/i.test(command),
  });
  current = child;
  const printed = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => printed.push(chunk));
  const timer = setInterval(() => console.log('Still installing dependencies…'), stillInstalling);
  return new Promise((resolve) => {
    child.once('error', (error) => {
      clearInterval(timer);
      console.error(`Cannot run ${command}: ${error.message}`);
      resolve(1);
    });
    child.once('close', (code) => {
      clearInterval(timer);
      if (code !== 0 && !stopping) for (const chunk of printed) process.stderr.write(chunk);
      resolve(code ?? 1);
    });
  });
}

/** The Node of node_modules, or else the one running this script; undefined if that is too old. */
function pinnedNode() {
  const own = join(bin, windows ? 'node.exe' : 'node');
  const node = existsSync(own) ? own : process.execPath;
  const version = spawnSync(node, ['-p', 'process.versions.node'], { env, encoding: 'utf8' }).stdout?.trim() ?? '';
  if (Number(version.split('.')[0]) >= minimumNode) return node;
  console.error(
    `Install Node >= ${minimumNode}: npm has none for ${process.platform}-${process.arch} (found ${version || 'none'}).`,
  );
  return undefined;
}

// The terminal sends Ctrl-C to the program, too. A second SIGINT would make vitest skip its clean-up.
process.on('SIGINT', () => (process.stdin.isTTY ? (stopping = true) : stop('SIGINT')));
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));

// npm forwards SIGTERM only to its `sh -c`, which exits without forwarding it. A changed parent process reveals that.
if (env.npm_lifecycle_event) {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent && !stopping) stop('SIGTERM');
  }, 500).unref();
}

/** Resolves with the exit code of the program, or 1 if a signal ended it. */
function run(node, args) {
  current = spawn(node, args, { cwd: root, env, stdio: 'inherit' });
  return new Promise((resolve) => {
    current.once('error', (error) => {
      console.error(`Cannot run ${node}: ${error.message}`);
      resolve(1);
    });
    current.once('exit', (code) => resolve(code ?? 1));
  });
}

async function main() {
  const [name, ...args] = process.argv.slice(2);
  if (name === '--help' || name === '-h') {
    console.log(usage());
    return 0;
  }
  if (!Object.hasOwn(programs, name ?? '')) {
    console.error(usage());
    return 1;
  }
  const installed = await install();
  if (installed !== 0 || stopping) return installed || 1;
  const node = pinnedNode();
  if (!node) return 1;
  let worst = 0;
  for (const [index, step] of programs[name].steps.entries()) {
    if (stopping) return worst || 1;
    worst = Math.max(worst, await run(node, index === 0 ? [...step, ...args] : step));
  }
  return worst;
}

process.exit(await main());
