import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readPartialEnvironment, withoutEmpty } from '@gatehouse/process/environment';
import { StartError } from '@gatehouse/process/start-error';
import { settingLines } from './setting-lines.ts';

/** The settings of `npm start`, checked as the api and the worker check them. */
export interface StartSettings {
  /** Absolute. */
  dataDir: string;
  /** Undefined: an embedded PostgreSQL in the data directory. */
  databaseUrl: string | undefined;
  /** Undefined: `databaseUrl` leads to PostgreSQL itself. */
  directUrl: string | undefined;
  /** Undefined: one generated once, kept in the data directory. */
  secret: string | undefined;
  previousSecret: string | null;
  hasAdminToken: boolean;
  host: string;
  port: number;
  /** Undefined: where the api listens. */
  publicUrl: string | undefined;
  smtpEnabled: boolean;
  /** For the api and the worker, to which `npm start` adds what it makes. */
  variables: NodeJS.ProcessEnv;
}

export interface StartArguments {
  help: boolean;
  newAdminToken: boolean;
}

export const startUsage = `Usage: npm start [-- --new-admin-token]

Runs Gatehouse: the api and the worker, on an embedded PostgreSQL unless DATABASE_URL names another.

  --new-admin-token    replace the generated admin token, and show the new one
  --help               show this

Environment (defaults in parentheses):
${settingLines()}

With NODE_ENV=production nothing is embedded or generated: DATABASE_URL, GATEHOUSE_SECRET,
GATEHOUSE_ADMIN_TOKEN and PUBLIC_URL are required.`;

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

const REQUIRED_IN_PRODUCTION = ['DATABASE_URL', 'GATEHOUSE_SECRET', 'GATEHOUSE_ADMIN_TOKEN', 'PUBLIC_URL'] as const;

/** Throws StartError that names the first wrong variable, be it one of the api, of the worker or of `npm start`. */
export function readStartSettings(variables: NodeJS.ProcessEnv, { newAdminToken }: StartArguments): StartSettings {
  const env = readPartialEnvironment(variables);
  const production = env.NODE_ENV === 'production';
  const missing = REQUIRED_IN_PRODUCTION.find((name) => env[name] === undefined);
  if (production && missing) throw new StartError(`${missing} is required when NODE_ENV is production.`);
  if (env.DATABASE_DIRECT_URL !== undefined && env.DATABASE_URL === undefined) {
    throw new StartError('DATABASE_DIRECT_URL needs DATABASE_URL: without it the embedded database would be used.');
  }
  const hasAdminToken = env.GATEHOUSE_ADMIN_TOKEN !== undefined;
  if (newAdminToken && hasAdminToken) {
    throw new StartError(
      '--new-admin-token: the admin token is the value of GATEHOUSE_ADMIN_TOKEN, change that instead.',
    );
  }
  return {
    dataDir: resolve(env.GATEHOUSE_DATA_DIR ?? '.gatehouse'),
    databaseUrl: env.DATABASE_URL,
    directUrl: env.DATABASE_DIRECT_URL,
    secret: env.GATEHOUSE_SECRET,
    previousSecret: env.GATEHOUSE_PREVIOUS_SECRET ?? null,
    hasAdminToken,
    host: env.HOST,
    port: env.PORT,
    publicUrl: env.PUBLIC_URL,
    smtpEnabled: env.SMTP_URL !== undefined,
    // At a terminal the lines about each request would hide the banner.
    variables: { ...(production ? {} : { LOG_LEVEL: 'warn' }), ...withoutEmpty(variables) },
  };
}
