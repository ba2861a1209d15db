import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from './api.ts';
import {
  type Certificates,
  type DatabaseServer,
  makeCertificates,
  ownedFile,
  startDatabaseServer,
} from './database-server.ts';

const OWN = ['gatehouse-api', 'gatehouse-queue', 'gatehouse-revocations', 'gatehouse-worker', 'gatehouse-relay'];

let directory: string;
let certificates: Certificates;
let server: DatabaseServer;
let url: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-tls-'));
  // As root, PostgreSQL runs as another user, which needs access.
  chmodSync(directory, 0o755);
  certificates = await makeCertificates(directory);
  server = await startDatabaseServer({ settings: tlsSettings() });
  url = addressWith({ sslmode: 'verify-full', sslrootcert: certificates.authority, ...clientCertificate() });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

function tlsSettings(): Record<string, string> {
  const copy = (name: string, path: string) => ownedFile(join(directory, `owned-${name}`), readFileSync(path));
  return {
    ssl: 'on',
    ssl_cert_file: copy('server.crt', certificates.server.certificate),
    ssl_key_file: copy('server.key', certificates.server.key),
    ssl_ca_file: copy('ca.crt', certificates.authority),
    log_connections: 'all',
  };
}

const clientCertificate = () => ({ sslcert: certificates.client.certificate, sslkey: certificates.client.key });
const addressWith = (parameters: Record<string, string>, host = 'localhost') =>
  `postgresql://app@${host}:${String(server.port)}/gatehouse?${new URLSearchParams(parameters).toString()}`;

/** Runs the migrations. Returns the exit code and the output. */
async function migrate(databaseUrl: string): Promise<{ code: unknown; output: string }> {
  const child = spawn(process.execPath, ['tools/migrate.ts'], {
    cwd: new URL('..', import.meta.url),
    env: { PATH: process.env['PATH'] ?? '', DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const [code]: unknown[] = await once(child, 'exit');
  return { code, output };
}

test('every connection of every program is encrypted and has a name', { timeout: 120_000 }, async () => {
  const child = spawn(process.execPath, ['tools/start.ts'], {
    cwd: new URL('..', import.meta.url),
    env: { PATH: process.env['PATH'] ?? '', GATEHOUSE_DATA_DIR: join(directory, 'data'), PORT: '0', DATABASE_URL: url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  await until('the banner', () => Promise.resolve(output.includes('Paste into a shell') || null), 60);
  const address = /(http:\/\/127\.0\.0\.1:\d+)/.exec(output)?.[1] ?? '';
  await until('readiness', async () => ((await fetch(`${address}/readyz`)).status === 200 ? true : null));
  const backends = await backendsNow();
  child.kill('SIGTERM');
  await once(child, 'exit');
  expect(backends.filter(({ ssl }) => !ssl)).toEqual([]);
  expect(new Set(backends.map(({ name }) => name))).toEqual(
    // BullMQ gives the connections on which its workers listen the names of their queues.
    new Set([...OWN, 'deliver-email', 'erase-developer']),
  );
  const authorized = server.log().matchAll(/connection authorized: .*database=gatehouse application_name=(\S*)(.*)/g);
  const overTcp = [...authorized]
    .filter(([line]) => !line.includes('[local]'))
    .map(([, name, rest]) => ({ name, rest }));
  expect(new Set(overTcp.map(({ name }) => name))).toEqual(
    new Set([...OWN, 'gatehouse-migrate', 'gatehouse-partitions', 'gatehouse-start']),
  );
  expect(overTcp.filter(({ rest }) => !rest?.includes('SSL enabled'))).toEqual([]);
});

test.each([
  [
    'a host name that is not in the certificate',
    () =>
      addressWith({ sslmode: 'verify-full', sslrootcert: certificates.authority, ...clientCertificate() }, '127.0.0.2'),
    /127\.0\.0\.2|altnames|ECONNREFUSED/,
  ],
  ['an unknown authority', () => addressWith({ sslmode: 'verify-full', ...clientCertificate() }), /certificate/],
  ['a connection without TLS', () => addressWith({ sslmode: 'disable' }), /no encryption/],
  ['a missing client certificate', () => addressWith({ sslmode: 'require' }), /certificate/],
] as const)('%s is rejected with one line', async (_what, address, reason) => {
  const { code, output } = await migrate(address());
  expect(code).toBe(1);
  expect(output.trim().split('\n')).toHaveLength(1);
  expect(output).toMatch(reason);
});

test('an IP address is compared with the certificate, and `require` encrypts without comparing', async () => {
  const numbers = { sslmode: 'verify-full', sslrootcert: certificates.authority, ...clientCertificate() };
  expect(await migrate(addressWith(numbers, '127.0.0.1'))).toMatchObject({ code: 0 });
  expect(await migrate(addressWith({ sslmode: 'require', ...clientCertificate() }))).toMatchObject({ code: 0 });
});

test('the host can be the directory of a Unix socket, as a parameter or encoded', async () => {
  const { hostname, port } = new URL(server.url);
  const socket = decodeURIComponent(hostname);
  expect(await migrate(`postgresql:///gatehouse?host=${socket}&port=${port}&user=app`)).toMatchObject({ code: 0 });
  expect(await migrate(`postgresql://app@${encodeURIComponent(socket)}:${port}/gatehouse`)).toMatchObject({ code: 0 });
});

async function backendsNow() {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; ssl: boolean }>(
      `select application_name as name, ssl from pg_stat_activity join pg_stat_ssl using (pid)
       where datname = 'gatehouse' and pid <> pg_backend_pid() and backend_type = 'client backend'`,
    );
    return rows;
  } finally {
    await client.end();
  }
}
