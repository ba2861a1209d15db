import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readPartialEnvironment, withoutEmpty } from '@gatehouse/process/environment';
import { StartError } from '@gatehouse/process/start-error';
import { settingLines } from './setting-lines.ts';

/** The settings of `npm start`, checked by the same rules as in the api and the worker. */
export interface StartSettings {
  /** An absolute path. */
  dataDir: string;
  /** If undefined, an embedded PostgreSQL in the data directory is used. */
  databaseUrl: string | undefined;
  /** If undefined, `databaseUrl` leads to PostgreSQL itself and not to a pooler. */
  directUrl: string | undefined;
  /** If undefined, it is generated once and kept in the data directory. */
  secret: string | undefined;
  previousSecret: string | null;
  hasAdminToken: boolean;
  host: string;
  port: number;
  /** If undefined, it is the address that the api listens on. */
  publicUrl: string | undefined;
  smtpEnabled: boolean;
  /** Passed to the api and the worker, together with the values that `npm start` generates. */
  variables: NodeJS.ProcessEnv;
}

export interface StartArguments {
  help: boolean;
  newAdminToken: boolean;
}

export const startUsage = `Usage: npm start [-- --new-admin-token]

Runs Gatehouse (the api and the worker) with an embedded PostgreSQL, or with the one of DATABASE_URL.

  --new-admin-token    replace the generated admin token, and show the new one
  --help               show this help

Environment (defaults in parentheses):
${settingLines()}

With NODE_ENV=production, npm start does not embed a database or generate secrets:
DATABASE_URL, GATEHOUSE_SECRET, GATEHOUSE_ADMIN_TOKEN and PUBLIC_URL are required.`;

/** Throws StartError for an unknown argument. */
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
    throw new StartError(`Unknown argument in "${args.join(' ')}". For the known arguments, run npm start -- --help.`);
  }
}

const REQUIRED_IN_PRODUCTION = ['DATABASE_URL', 'GATEHOUSE_SECRET', 'GATEHOUSE_ADMIN_TOKEN', 'PUBLIC_URL'] as const;

/** Throws a StartError that names the first wrong variable of the api, the worker or `npm start`. */
export function readStartSettings(variables: NodeJS.ProcessEnv, { newAdminToken }: StartArguments): StartSettings {
  const env = readPartialEnvironment(variables);
  const production = env.NODE_ENV === 'production';
  const missing = REQUIRED_IN_PRODUCTION.find((name) => env[name] === undefined);
  if (production && missing) throw new StartError(`${missing} is required when NODE_ENV is production.`);
  if (env.DATABASE_DIRECT_URL !== undefined && env.DATABASE_URL === undefined) {
    throw new StartError('DATABASE_DIRECT_URL needs DATABASE_URL. Set both, or neither for the embedded database.');
  }
  const hasAdminToken = env.GATEHOUSE_ADMIN_TOKEN !== undefined;
  if (newAdminToken && hasAdminToken) {
    throw new StartError(
      '--new-admin-token cannot be used with GATEHOUSE_ADMIN_TOKEN. To replace the token, change that variable.',
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
    // At a terminal, the log lines of each request would hide the banner.
    variables: { ...(production ? {} : { LOG_LEVEL: 'warn' }), ...withoutEmpty(variables) },
  };
}
