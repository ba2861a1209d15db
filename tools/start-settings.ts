import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What `npm start` is told by its environment. */
export interface StartSettings {
  /** Absolute. */
  dataDir: string;
  /** Undefined: an embedded PostgreSQL in the data directory. */
  databaseUrl: string | undefined;
  /** Undefined: one generated once, kept in the data directory. */
  secret: string | undefined;
  hasAdminToken: boolean;
  host: string;
  port: number;
}

export interface StartArguments {
  help: boolean;
  newAdminToken: boolean;
}

/** Told to the user as one line, without a stack trace. */
export class StartError extends Error {}

/** Characters; shorter ones can be guessed. */
const shortestSecret = 32;

export const startUsage = `Usage: npm start [-- --new-admin-token]

Runs Gatehouse: the api and the worker, on an embedded PostgreSQL unless DATABASE_URL names another.

  --new-admin-token    replace the generated admin token, and show the new one
  --help               show this

Environment:
  PORT, HOST               where the api listens (3000, 127.0.0.1)
  DATABASE_URL             a PostgreSQL of your own
  REDIS_URL                a Redis for the queue (default: the same PostgreSQL)
  SMTP_URL, MAIL_FROM      a mail server (default: mail is only recorded)
  GATEHOUSE_DATA_DIR       where the embedded database and the secret are kept (.gatehouse)
  GATEHOUSE_ADMIN_TOKEN    the admin token, at least ${String(shortestSecret)} characters (default: generated)
  GATEHOUSE_SECRET         encrypts and signs (default: generated into the data directory)
  GATEHOUSE_PREVIOUS_SECRET  the one before, while it is being replaced
  SSO_ALLOWED_NETWORKS     private networks where identity providers may be

With NODE_ENV=production nothing is embedded or generated: DATABASE_URL, GATEHOUSE_SECRET and
GATEHOUSE_ADMIN_TOKEN are required.`;

/** Throws StartError for an argument it does not know. */
export function readStartArguments(args: readonly string[]): StartArguments {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        'new-admin-token': { type: 'boolean', default: false },
      },
    });
    return { help: values.help, newAdminToken: values['new-admin-token'] };
  } catch {
    throw new StartError(`Unknown argument in "${args.join(' ')}": npm start -- --help shows the known ones.`);
  }
}

/** Throws StartError that names the first wrong variable. An empty variable counts as unset. */
export function readStartSettings(env: NodeJS.ProcessEnv, { newAdminToken }: StartArguments): StartSettings {
  const adminToken = env['GATEHOUSE_ADMIN_TOKEN'] || undefined;
  const settings = {
    dataDir: resolve(env['GATEHOUSE_DATA_DIR'] || '.gatehouse'),
    databaseUrl: env['DATABASE_URL'] || undefined,
    secret: env['GATEHOUSE_SECRET'] || undefined,
    hasAdminToken: adminToken !== undefined,
    host: env['HOST'] || '127.0.0.1',
    port: readPort(env['PORT'] || '3000'),
  };
  if (settings.databaseUrl !== undefined) assertDatabaseUrl(settings.databaseUrl);
  assertLong('GATEHOUSE_SECRET', settings.secret);
  assertLong('GATEHOUSE_ADMIN_TOKEN', adminToken);
  if (env['NODE_ENV'] === 'production') assertProduction(settings);
  if (newAdminToken && adminToken !== undefined) {
    throw new StartError(
      '--new-admin-token: the admin token is the value of GATEHOUSE_ADMIN_TOKEN, change that instead.',
    );
  }
  return settings;
}

/** Throws StartError unless it is the connection string of a PostgreSQL. */
export function assertDatabaseUrl(databaseUrl: string): void {
  if (URL.canParse(databaseUrl) && /^postgres(ql)?:$/.test(new URL(databaseUrl).protocol)) return;
  throw new StartError('DATABASE_URL must look like postgresql://user:password@host:5432/name.');
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new StartError(`PORT must be a number from 0 to 65535, not "${text}".`);
}

function assertLong(name: string, value: string | undefined): void {
  if (value === undefined || value.length >= shortestSecret) return;
  throw new StartError(`${name} must have at least ${String(shortestSecret)} characters.`);
}

function assertProduction(settings: StartSettings): void {
  const required = {
    DATABASE_URL: settings.databaseUrl !== undefined,
    GATEHOUSE_SECRET: settings.secret !== undefined,
    GATEHOUSE_ADMIN_TOKEN: settings.hasAdminToken,
  };
  for (const [name, given] of Object.entries(required)) {
    if (!given) throw new StartError(`${name} is required when NODE_ENV is production.`);
  }
}
