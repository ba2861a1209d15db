import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { parse } from 'pg-connection-string';

/** How to reach a database. All programs build their connections from this, so TLS applies to all of them. */
export type DatabaseAddress = {
  host: string;
  port: number | undefined;
  /** Undefined if the URL does not name a user: then `pg` reads the environment, as psql does. */
  user: string | undefined;
  password: string | undefined;
  database: string | undefined;
  /** False: no TLS. */
  ssl: ConnectionOptions | false;
  /** Server settings of the session, such as `-c search_path=portal`. */
  options: string | undefined;
  enableChannelBinding: boolean;
};

/** A one-line explanation of what is wrong with the URL. It never contains the URL, which may hold a password. */
export class DatabaseUrlError extends Error {}

/** Supported libpq parameters. Unsupported ones are rejected, as psql does. */
const PARAMETERS = new Set([
  'host',
  'port',
  'user',
  'password',
  'dbname',
  'options',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'sslpassword',
  'channel_binding',
]);
/** Accepted without effect, because each connection has its own name and time limits. */
const IGNORED = new Set(['application_name', 'fallback_application_name', 'connect_timeout', 'uselibpqcompat']);
const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full', 'no-verify'];

/** Parses `DATABASE_URL` as psql does. Throws DatabaseUrlError. */
export function readDatabaseUrl(url: string): DatabaseAddress {
  const { parameters, parsed } = parseUrl(url);
  const host = parsed.host ?? '';
  if (/,/.test(host)) throw new DatabaseUrlError('must name one host');
  const port = Number(parsed.port);
  return {
    host: host === '' ? 'localhost' : host,
    port: port > 0 && port < 65_536 ? port : undefined,
    user: parsed.user === '' ? undefined : parsed.user,
    password: parsed.password === '' ? undefined : parsed.password,
    database: parameters.get('dbname') ?? parsed.database ?? undefined,
    ssl: host.startsWith('/') ? false : tlsOf(parsed.ssl, host, parameters),
    options: parsed.options,
    enableChannelBinding: ['prefer', 'require'].includes(parameters.get('channel_binding') ?? ''),
  };
}

/** What is wrong with the URL, or null. Checks that the named files are readable, but not their contents. */
export function databaseUrlError(url: string): string | null {
  try {
    readDatabaseUrl(url);
    return null;
  } catch (error) {
    if (error instanceof DatabaseUrlError) return error.message;
    throw error;
  }
}

function parseUrl(url: string) {
  if (!/^postgres(ql)?:\/\//.test(url))
    throw new DatabaseUrlError('must look like postgresql://user:password@host:5432/name');
  const [base = '', query = ''] = url.split('?', 2);
  const parameters = new URLSearchParams(query);
  assertParameters(parameters);
  for (const name of IGNORED) parameters.delete(name);
  // `system` means the certificate authorities of the system, which Node trusts anyway.
  if (parameters.get('sslrootcert') === 'system') {
    parameters.delete('sslrootcert');
    parameters.set('sslmode', 'verify-full');
  }
  try {
    return { parameters, parsed: parse(`${base}?${parameters.toString()}`, { useLibpqCompat: true }) };
  } catch (error) {
    throw new DatabaseUrlError(reasonOf(error), { cause: error });
  }
}

function assertParameters(parameters: URLSearchParams): void {
  const unknown = [...parameters.keys()].find((name) => !PARAMETERS.has(name) && !IGNORED.has(name));
  if (unknown !== undefined)
    throw new DatabaseUrlError(`has the parameter "${unknown}", which is not supported: remove it`);
  const mode = parameters.get('sslmode');
  if (mode !== null && !SSL_MODES.includes(mode))
    throw new DatabaseUrlError(`has sslmode=${mode}: use one of ${SSL_MODES.join(', ')}`);
  if (mode === 'verify-ca' && !parameters.has('sslrootcert'))
    throw new DatabaseUrlError('has sslmode=verify-ca without sslrootcert: name the file of the certificate authority');
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && 'path' in error && 'code' in error)
    return `names the file ${String(error.path)}, which is not readable (${String(error.code)})`;
  return 'must look like postgresql://user:password@host:5432/name';
}

/** `parsed`: the TLS options from `pg-connection-string`, which reads the files and translates `sslmode`. */
function tlsOf(parsed: unknown, host: string, parameters: URLSearchParams): ConnectionOptions | false {
  if (typeof parsed !== 'object' || parsed === null) return false;
  const passphrase = parameters.get('sslpassword');
  return {
    ...parsed,
    // Without this, Node would compare the certificate with "localhost".
    ...(isIP(host) > 0 ? { host } : {}),
    ...(passphrase === null ? {} : { passphrase }),
  };
}
