import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverAccount } from '@gatehouse/embedded-postgres/account';
import { findProgram } from '@gatehouse/testing/programs';
import { type Ground, type ServerProcess, startServer } from '@gatehouse/testing/server-process';

export const findNginx = (): string | undefined => findProgram('nginx');

/** Starts nginx with these lines in its `http` block. */
export const startNginx = (http: (ground: Ground) => string): Promise<ServerProcess> =>
  startServer({ kind: 'nginx', prepare: (ground) => nginxCommand(ground, http(ground)) });

/** Writes the main configuration, and returns the command that runs nginx in the foreground. */
export function nginxCommand({ directory }: Ground, http: string) {
  const program = findNginx();
  if (program === undefined) throw new Error('TEST_GATEWAYS=required, but nginx is not installed.');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${directory}/${kind};`,
  );
  const file = join(directory, 'main.conf');
  writeFileSync(
    file,
    `daemon off; pid ${directory}/nginx.pid; worker_processes 1; error_log stderr;
     events { worker_connections 1024; }
     http { ${temporary.join(' ')} ${http} }`,
  );
  return { program, args: ['-e', 'stderr', '-p', directory, '-c', file], account: serverAccount(directory) };
}
