import type { Settings } from '@gatehouse/core/kernel/context';
import { describeEnvironment, readEnvironment } from '@gatehouse/process/environment';
import type { Address } from '@gatehouse/process/setting-types';

export type Config = {
  databaseUrl: string;
  /** PostgreSQL itself, where `databaseUrl` leads through a pooler. */
  directUrl: string;
  poolSize: number;
  /** Null: the queue is on the database. */
  redisUrl: string | null;
  redisPrefix: string;
  /** Null: mail is recorded, not sent. */
  smtpUrl: string | null;
  mailFrom: Address;
  /** Where unsent mail is kept, below it in `mail/`; null: nowhere. */
  dataDir: string | null;
  settings: Settings;
  logLevel: string;
  /** Every setting as it was understood, without secrets: for the log. */
  understood: Record<string, unknown>;
};

const DEFAULT_SENDER: Address = { name: 'Gatehouse', email: 'gatehouse@localhost' };

/** The only place of the worker that reads the environment. Throws SettingError. */
export function readConfig(variables: NodeJS.ProcessEnv = process.env): Config {
  const env = readEnvironment(variables);
  return {
    databaseUrl: env.DATABASE_URL,
    directUrl: env.DATABASE_DIRECT_URL ?? env.DATABASE_URL,
    poolSize: env.DATABASE_POOL_SIZE,
    redisUrl: env.REDIS_URL ?? null,
    redisPrefix: env.REDIS_PREFIX,
    smtpUrl: env.SMTP_URL ?? null,
    mailFrom: env.MAIL_FROM ?? DEFAULT_SENDER,
    dataDir: env.GATEHOUSE_DATA_DIR ?? null,
    settings: {
      secret: env.GATEHOUSE_SECRET,
      previousSecret: env.GATEHOUSE_PREVIOUS_SECRET ?? null,
      publicUrl: env.PUBLIC_URL,
      smtpEnabled: env.SMTP_URL !== undefined,
    },
    logLevel: env.LOG_LEVEL,
    understood: describeEnvironment(env),
  };
}
