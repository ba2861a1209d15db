import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverAccount } from '@gatehouse/embedded-postgres/account';
import { findProgram } from '@gatehouse/testing/programs';
import { type Ground, startServer } from '@gatehouse/testing/server-process';
import { nginxCommand } from './nginx.ts';

export const GATEWAYS = ['nginx', 'haproxy', 'caddy'] as const;
export type GatewayName = (typeof GATEWAYS)[number];

/** The values to set in the files of gateways/. Addresses are `host:port`. */
type Settings = { gatehouse: string; api: string; apiProductId: string };

export type GatewayServer = AsyncDisposable & {
  port: number;
  /** Everything that it printed and logged. */
  log(): string;
};

export const findGateway = (name: GatewayName): string | undefined => findProgram(name);

/** Starts a server with its configuration from gateways/, on a free port. */
export async function startGateway(name: GatewayName, settings: Settings): Promise<GatewayServer> {
  if (findGateway(name) === undefined) throw new Error(`TEST_GATEWAYS=required, but ${name} is not installed.`);
  const server = await startServer({
    kind: 'gateway',
    prepare: (ground) => COMMANDS[name](ground, fillIn({ ...settings, ...ground })),
  });
  const accessLog = join(server.directory, 'api.access.log');
  return { ...server, log: () => server.log() + (existsSync(accessLog) ? readFileSync(accessLog, 'utf8') : '') };
}

type FillTemplate = (file: string) => string;

/** Returns the text of a file in gateways/ with its values replaced. */
function fillIn(settings: Settings & { port: number; directory: string }): FillTemplate {
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

/** Each writes the files of its server, and returns the command that runs it in the foreground. */
const COMMANDS = {
  nginx(ground: Ground, filled: FillTemplate) {
    // The file has a commented line for versions of nginx that do not pass on every challenge.
    const text = passesAllChallenges()
      ? filled('nginx.conf')
      : filled('nginx.conf').replace('# add_header', 'add_header');
    return nginxCommand(ground, text);
  },
  haproxy({ directory }: Ground, filled: FillTemplate) {
    for (const file of ['haproxy.cfg', 'gatehouse.lua']) writeFileSync(join(directory, file), filled(file));
    return { program: 'haproxy', args: ['-db', '-f', 'haproxy.cfg'], account: serverAccount(directory) };
  },
  caddy({ directory }: Ground, filled: FillTemplate) {
    // The administration API would listen on a fixed port.
    writeFileSync(join(directory, 'Caddyfile'), filled('Caddyfile').replace(/^\{$/m, '{\n\tadmin off'));
    return { program: 'caddy', args: ['run', '--config', 'Caddyfile'], account: serverAccount(directory) };
  },
};

/** True since nginx 1.23, which prints its version to standard error. */
function passesAllChallenges(): boolean {
  const { stderr } = spawnSync(findGateway('nginx') ?? 'nginx', ['-v'], { encoding: 'utf8' });
  const [, minor = 0] = /nginx\/1\.(\d+)/.exec(stderr) ?? [];
  return Number(minor) >= 23;
}
