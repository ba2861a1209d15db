import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { serverAccount } from '@gatehouse/embedded-postgres/account';
import { makeOwned } from '@gatehouse/embedded-postgres/directories';
import { createScratchDirectory, removeAbandoned } from '@gatehouse/testing/scratch-directory';
import { freePort } from '@gatehouse/sso/testing/peer-process';
import { comesUp, findProgram, readIfThere, stopAbandonedProgram, stopProgram } from './program.ts';

export const GATEWAYS = ['nginx', 'haproxy', 'caddy'] as const;
export type GatewayName = (typeof GATEWAYS)[number];

/** What the files in gateways/ leave to whoever uses them; addresses as `host:port`. */
type Settings = { gatehouse: string; api: string; apiProductId: string };

export type GatewayServer = AsyncDisposable & {
  port: number;
  /** All that it printed and logged. */
  log(): string;
};

/** Another process may take the free port before the server does. */
const attempts = 3;

/** Distributions put servers where not every search path leads. */
export const findGateway = (name: GatewayName): string | undefined =>
  findProgram(name, [process.env['PATH'] ?? '', '/usr/sbin', '/usr/local/sbin'].join(delimiter));

/** The server as gateways/ sets it up, on a free port. Throws with what it printed where it does not come up. */
export async function startGateway(name: GatewayName, settings: Settings): Promise<GatewayServer> {
  const binary = findGateway(name);
  if (!binary) throw new Error(`TEST_GATEWAYS=required, but there is no ${name}.`);
  await removeAbandoned('gateway', (left) => stopAbandonedProgram(pidFile(left), GATEWAYS));
  const directory = createScratchDirectory('gateway');
  let output = '';
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const port = await freePort();
    const args = PREPARATIONS[name]({ binary, directory, filled: fillIn({ ...settings, port, directory }) });
    const server = spawnServer(binary, args, directory);
    for (const stream of [server.stdout, server.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
    if (!(await comesUp(server, port))) continue;
    return {
      port,
      log: () => output + readIfThere(join(directory, 'api.access.log')),
      async [Symbol.asyncDispose]() {
        await stopProgram(server);
        rmSync(directory, { recursive: true, force: true });
      },
    };
  }
  rmSync(directory, { recursive: true, force: true });
  throw new Error(`${binary} did not start:\n${output}`);
}

type Filled = (file: string) => string;
type Ground = { binary: string; directory: string; filled: Filled };

/** The text of a file in gateways/ with all that is to be set in it. */
function fillIn(settings: Settings & { port: number; directory: string }): Filled {
  const values: Record<string, string> = {
    '8080': String(settings.port),
    '127.0.0.1:3000': settings.gatehouse,
    '127.0.0.1:8081': settings.api,
    '01a20e50-cb65-79b7-ae3b-1ed53676a079': settings.apiProductId,
    '/var/log/nginx/': `${settings.directory}/`,
  };
  const shown = new RegExp(
    Object.keys(values)
      .join('|')
      .replaceAll('.', String.raw`\.`),
    'g',
  );
  return (file) =>
    readFileSync(new URL(`../gateways/${file}`, import.meta.url), 'utf8').replace(
      shown,
      (found) => values[found] ?? '',
    );
}

/** Writes what each server reads into the directory, and says how it is started in the foreground. */
const PREPARATIONS: Record<GatewayName, (ground: Ground) => string[]> = {
  nginx({ binary, directory, filled }) {
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) => `${kind}_temp_path ${directory}/${kind};`,
    );
    // What the file says to add where nginx is too old to pass every challenge on.
    const text = passesAllChallenges(binary)
      ? filled('nginx.conf')
      : filled('nginx.conf').replace('# add_header', 'add_header');
    writeFileSync(join(directory, 'gatehouse.conf'), text);
    writeFileSync(
      join(directory, 'main.conf'),
      `daemon off; pid ${directory}/nginx.pid; worker_processes 1; error_log stderr;
       events {}
       http { ${temporary.join(' ')} include ${directory}/gatehouse.conf; }`,
    );
    return ['-e', 'stderr', '-p', directory, '-c', join(directory, 'main.conf')];
  },
  haproxy({ directory, filled }) {
    for (const file of ['haproxy.cfg', 'gatehouse.lua']) writeFileSync(join(directory, file), filled(file));
    return ['-db', '-f', join(directory, 'haproxy.cfg')];
  },
  caddy({ directory, filled }) {
    // Its administration would listen on a port that is the same for all.
    writeFileSync(join(directory, 'Caddyfile'), filled('Caddyfile').replace(/^\{$/m, '{\n\tadmin off'));
    return ['run', '--config', join(directory, 'Caddyfile')];
  },
};

/** nginx does since 1.23. It tells its version on the standard error. */
function passesAllChallenges(nginx: string): boolean {
  const [, minor = 0] = /nginx\/1\.(\d+)/.exec(spawnSync(nginx, ['-v'], { encoding: 'utf8' }).stderr) ?? [];
  return Number(minor) >= 23;
}

export function spawnServer(binary: string, args: string[], directory: string): ChildProcess {
  const account = serverAccount(directory);
  makeOwned(directory, account);
  mkdirSync(join(directory, 'home'), { recursive: true });
  makeOwned(join(directory, 'home'), account);
  const server = spawn(binary, args, {
    ...account,
    cwd: directory,
    env: { HOME: join(directory, 'home') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  writeFileSync(pidFile(directory), String(server.pid ?? ''));
  return server;
}

const pidFile = (directory: string): string => join(directory, 'pid');
