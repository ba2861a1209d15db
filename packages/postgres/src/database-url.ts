import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { parse } from 'pg-connection-string';

/** How to reach a database. Every connection of every program is made from this, so that TLS reaches all of them. */
export type DatabaseAddress = {
  host: string;
  port: number | undefined;
  /** Undefined where the address names none: then `pg` asks the environment, as psql does. */
  user: string | undefined;
  password: string | undefined;
  database: string | undefined;
  /** False: no TLS. */
  ssl: ConnectionOptions | false;
  /** Server settings of the session, as in `-c search_path=portal`. */
  options: string | undefined;
  enableChannelBinding: boolean;
};

/** One line that says what is wrong with the address. It never shows the address, which may hold a password. */
export class DatabaseUrlError extends Error {}

/** Parameters of libpq that are read here. A parameter that cannot be honoured is refused, as psql refuses it. */
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
/** Each connection has its own name and time limits, so these are accepted and have no effect. */
const IGNORED = new Set(['application_name', 'fallback_application_name', 'connect_timeout', 'uselibpqcompat']);
const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full', 'no-verify'];

/** Reads `DATABASE_URL` with the meaning that psql gives it. Throws DatabaseUrlError. */
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

/** What is wrong with the address, or null. Checks only whether the files that it names can be read, not what they hold. */
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
  // The word stands for the certificate authorities of the system, which Node trusts by itself.
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
    return `names the file ${String(error.path)}, which cannot be read (${String(error.code)})`;
  return 'must look like postgresql://user:password@host:5432/name';
}

/** `parsed` is what `pg-connection-string` makes of the parameters: files are read, `sslmode` is translated. */
function tlsOf(parsed: unknown, host: string, parameters: URLSearchParams): ConnectionOptions | false {
  if (typeof parsed !== 'object' || parsed === null) return false;
  const passphrase = parameters.get('sslpassword');
  return {
    ...parsed,
    // Without a name Node would compare the certificate with "localhost".
    ...(isIP(host) > 0 ? { host } : {}),
    ...(passphrase === null ? {} : { passphrase }),
  };
}
