import { execFile } from 'node:child_process';
import { chmodSync, chownSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startEmbeddedPostgres } from '@gatehouse/embedded-postgres/start';
import { serverAccount } from '@gatehouse/embedded-postgres/account';
import { readPostmaster } from '@gatehouse/embedded-postgres/postmaster';
import { createScratchDirectory } from '@gatehouse/testing/scratch-directory';
import { freePort } from '@gatehouse/testing/server-process';

const run = promisify(execFile);

export type DatabaseServer = AsyncDisposable & {
  /** Connection string over the Unix socket, for the test itself. */
  url: string;
  port: number;
  directory: string;
  /** Id of the main process. */
  pid: number;
  log(): string;
};

type Options = { settings?: Record<string, string>; dataDir?: string };

/** Starts a separate PostgreSQL for tests that stop or break their server. It also listens on 127.0.0.1. */
export async function startDatabaseServer({ settings = {}, dataDir }: Options = {}): Promise<DatabaseServer> {
  const scratch = createScratchDirectory('database');
  // As root, PostgreSQL runs as another user, which needs access.
  chmodSync(scratch, 0o755);
  const port = await freePort();
  const hba = ownedFile(join(scratch, 'hba.conf'), settings['ssl'] === 'on' ? TLS_ONLY : OPEN);
  const directory = dataDir ?? join(scratch, 'postgres');
  const server = await startEmbeddedPostgres({
    dataDir: directory,
    settings: { fsync: 'off', listen_addresses: '127.0.0.1', port: String(port), hba_file: hba, ...settings },
  });
  return {
    url: server.url,
    port,
    directory,
    pid: readPostmaster(join(directory, 'pg18'))?.pid ?? 0,
    log: () => readFileSync(join(directory, 'postgres.log'), 'utf8'),
    async [Symbol.asyncDispose]() {
      await server.stop();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

const OPEN = 'local all all trust\nlocal replication all trust\nhost all all 127.0.0.1/32 trust\n';
/** TCP connections need TLS and a client certificate, whose name is the role. */
const TLS_ONLY = 'local all all trust\nhostssl all all 127.0.0.1/32 cert\n';

/** Writes a file that only the server's account can read, which PostgreSQL requires of keys. */
export function ownedFile(path: string, text: string | Buffer): string {
  writeFileSync(path, text, { mode: 0o600 });
  const account = serverAccount('/nonexistent');
  if (account) chownSync(path, account.uid, account.gid);
  return path;
}

export type Certificates = { authority: string; server: Pair; client: Pair };
type Pair = { certificate: string; key: string };

/** Creates a private certificate authority, a certificate for 127.0.0.1 and localhost, and one for the role `app`. */
export async function makeCertificates(directory: string): Promise<Certificates> {
  const openssl = (...args: string[]) => run('openssl', args, { cwd: directory });
  await openssl(...SELF_SIGNED, '-subj', '/CN=Private authority', '-keyout', 'ca.key', '-out', 'ca.crt');
  const pair = async (name: string, subject: string, extension: string): Promise<Pair> => {
    await openssl(
      ...SELF_SIGNED,
      '-subj',
      `/CN=${subject}`,
      '-addext',
      extension,
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.crt`,
    );
    return { certificate: join(directory, `${name}.crt`), key: join(directory, `${name}.key`) };
  };
  return {
    authority: join(directory, 'ca.crt'),
    server: await pair('server', 'localhost', 'subjectAltName=DNS:localhost,IP:127.0.0.1'),
    client: await pair('client', 'app', 'extendedKeyUsage=clientAuth'),
  };
}

const SELF_SIGNED = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
