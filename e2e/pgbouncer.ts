import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverAccount } from '@gatehouse/embedded-postgres/account';
import { findProgram } from '@gatehouse/testing/programs';
import { startServer } from '@gatehouse/testing/server-process';

export const findPgBouncer = (): string | undefined => findProgram('pgbouncer');

/** In transaction mode, so few that the connections of the programs take turns on them. */
const POOL_SIZE = { session: 60, transaction: 5 };

export type PgBouncer = AsyncDisposable & {
  /** The same database through the pooler. */
  through(databaseUrl: string): string;
};

/** In front of the server at `serverUrl`. It refuses root, so it runs as the account of the server. */
export async function startPgBouncer(mode: 'session' | 'transaction', serverUrl: string): Promise<PgBouncer> {
  const { hostname, port: serverPort, username } = new URL(serverUrl);
  const server = await startServer({
    kind: 'pgbouncer',
    prepare({ port, directory }) {
      writeFileSync(join(directory, 'users'), `"${username}" ""\n`);
      writeFileSync(
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
default_pool_size = ${String(POOL_SIZE[mode])}
`,
      );
      return { program: 'pgbouncer', args: ['pgbouncer.ini'], account: serverAccount(directory) };
    },
  });
  return {
    through: (databaseUrl) =>
      `postgresql://${username}@127.0.0.1:${String(server.port)}${new URL(databaseUrl).pathname}`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
