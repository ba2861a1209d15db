import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { serverAccount } from '@gatehouse/embedded-postgres/account';
import { createScratchDirectory } from '@gatehouse/testing/scratch-directory';
import { freePort } from '@gatehouse/sso/testing/peer-process';
import { ownedFile } from './database-server.ts';
import { findProgram } from './program.ts';

export const findPgBouncer = (): string | undefined =>
  findProgram('pgbouncer', `${process.env['PATH'] ?? ''}:/usr/sbin`);

export type PgBouncer = AsyncDisposable & {
  /** The same database through the pooler. */
  through(databaseUrl: string): string;
};

/** In front of the server at `serverUrl`. It refuses root, so it runs as the account of the server. */
export async function startPgBouncer(mode: 'session' | 'transaction', serverUrl: string): Promise<PgBouncer> {
  const directory = createScratchDirectory('pgbouncer');
  chmodSync(directory, 0o755);
  const account = serverAccount('/nonexistent');
  if (account) chownSync(directory, account.uid, account.gid);
  const { hostname, port: serverPort, username } = new URL(serverUrl);
  const port = await freePort();
  ownedFile(join(directory, 'users'), `"${username}" ""\n`);
  const settings = ownedFile(
    join(directory, 'pgbouncer.ini'),
    `[databases]
* = host=${decodeURIComponent(hostname)} port=${serverPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${String(port)}
unix_socket_dir =
auth_type = trust
auth_file = ${join(directory, 'users')}
pool_mode = ${mode}
default_pool_size = 60
`,
  );
  const child = spawn(findPgBouncer() ?? 'pgbouncer', [settings], { ...account, cwd: '/', stdio: 'ignore' });
  const ended = once(child, 'exit');
  while (!(await accepts(port))) await delay(20);
  return {
    through: (databaseUrl) => `postgresql://${username}@127.0.0.1:${String(port)}${new URL(databaseUrl).pathname}`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function accepts(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1')
    .once('connect', () => resolve(true))
    .once('error', () => resolve(false));
  void promise.then(() => socket.destroy());
  return promise;
}
