import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverAccount } from '@gatehouse/embedded-postgres/account';
import { findProgram } from '@gatehouse/testing/programs';
import { type Ground, startServer } from '@gatehouse/testing/server-process';
import { nginxCommand } from './nginx.ts';

export const GATEWAYS = ['nginx', 'haproxy', 'caddy'] as const;
export type GatewayName = (typeof GATEWAYS)[number];

/** The settings that the files in gateways/ leave open; addresses as `host:port`. */
type Settings = { gatehouse: string; api: string; apiProductId: string };

export type GatewayServer = AsyncDisposable & {
  port: number;
  /** All that it printed and logged. */
  log(): string;
};

export const findGateway = (name: GatewayName): string | undefined => findProgram(name);

/** The server as gateways/ sets it up, on a free port. */
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

/** The text of a file in gateways/ with all that is to be set in it. */
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

/** Writes the files that each server reads, and returns the command that runs it in the foreground. */
const COMMANDS = {
  nginx(ground: Ground, filled: FillTemplate) {
    // The file says what to add for versions of nginx that do not pass every challenge on.
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
    // Its administration would listen on a port that is the same for all.
    writeFileSync(join(directory, 'Caddyfile'), filled('Caddyfile').replace(/^\{$/m, '{\n\tadmin off'));
    return { program: 'caddy', args: ['run', '--config', 'Caddyfile'], account: serverAccount(directory) };
  },
};

/** nginx has done so since 1.23. It prints its version to standard error. */
function passesAllChallenges(): boolean {
  const { stderr } = spawnSync(findGateway('nginx') ?? 'nginx', ['-v'], { encoding: 'utf8' });
  const [, minor = 0] = /nginx\/1\.(\d+)/.exec(stderr) ?? [];
  return Number(minor) >= 23;
}
