import { describeEnvironment, type Environment } from './environment.ts';

/** The settings that the api and the worker share. */
export type CommonConfig = {
  databaseUrl: string;
  /** PostgreSQL itself, if `databaseUrl` leads through a pooler. */
  directUrl: string;
  poolSize: number;
  /** Null: the queue is on PostgreSQL. */
  redisUrl: string | null;
  redisPrefix: string;
  /** Without a trailing slash. */
  publicUrl: string;
  smtpEnabled: boolean;
  secret: string;
  previousSecret: string | null;
  logLevel: string;
  /** For the log: every setting with its parsed value. Secrets show only whether they are set. */
  understood: Record<string, unknown>;
};

export const commonConfig = (env: Environment): CommonConfig => ({
  databaseUrl: env.DATABASE_URL,
  directUrl: env.DATABASE_DIRECT_URL ?? env.DATABASE_URL,
  poolSize: env.DATABASE_POOL_SIZE,
  redisUrl: env.REDIS_URL ?? null,
  redisPrefix: env.REDIS_PREFIX,
  publicUrl: env.PUBLIC_URL,
  smtpEnabled: env.SMTP_URL !== undefined,
  secret: env.GATEHOUSE_SECRET,
  previousSecret: env.GATEHOUSE_PREVIOUS_SECRET ?? null,
  logLevel: env.LOG_LEVEL,
  understood: describeEnvironment(env),
});
