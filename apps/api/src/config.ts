import { describeEnvironment, readEnvironment } from '@gatehouse/process/environment';

export type Config = {
  port: number;
  host: string;
  databaseUrl: string;
  /** PostgreSQL itself, where `databaseUrl` leads through a pooler. */
  directUrl: string;
  poolSize: number;
  redisUrl: string | null;
  redisPrefix: string;
  /** Without a slash at the end. */
  publicUrl: string;
  /** The worker sends; here it only matters whether it does. */
  smtpEnabled: boolean;
  secret: string;
  previousSecret: string | null;
  /** Networks that are not public, where identity providers may be all the same. */
  ssoAllowedNetworks: string[];
  adminToken: string | null;
  trustProxy: number | string[];
  corsOrigins: string[];
  rateLimits: boolean;
  docs: boolean;
  /** Where security researchers report to: a URI; null: nowhere. */
  securityContact: string | null;
  logLevel: string;
  /** Every setting as it was understood, without secrets: for the log. */
  understood: Record<string, unknown>;
};

/** For trying things out: the identity provider is on the same machine. */
const LOOPBACK = ['127.0.0.0/8', '::1'];

/** The only place of the api that reads the environment. Throws SettingError. */
export function readConfig(variables: NodeJS.ProcessEnv = process.env): Config {
  const env = readEnvironment(variables);
  return {
    port: env.PORT,
    host: env.HOST,
    databaseUrl: env.DATABASE_URL,
    directUrl: env.DATABASE_DIRECT_URL ?? env.DATABASE_URL,
    poolSize: env.DATABASE_POOL_SIZE,
    redisUrl: env.REDIS_URL ?? null,
    redisPrefix: env.REDIS_PREFIX,
    publicUrl: env.PUBLIC_URL,
    smtpEnabled: env.SMTP_URL !== undefined,
    secret: env.GATEHOUSE_SECRET,
    previousSecret: env.GATEHOUSE_PREVIOUS_SECRET ?? null,
    ssoAllowedNetworks: env.SSO_ALLOWED_NETWORKS ?? (env.NODE_ENV === 'production' ? [] : LOOPBACK),
    adminToken: env.GATEHOUSE_ADMIN_TOKEN ?? null,
    trustProxy: env.TRUST_PROXY,
    corsOrigins: env.CORS_ORIGINS ?? [],
    rateLimits: env.RATE_LIMITS === 'on',
    docs: env.DOCS === 'on',
    securityContact: env.SECURITY_CONTACT ?? null,
    logLevel: env.LOG_LEVEL,
    understood: describeEnvironment(env),
  };
}
