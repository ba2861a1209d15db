import { commonConfig, type CommonConfig } from '@gatehouse/process/common-config';
import { readEnvironment } from '@gatehouse/process/environment';

export type Config = CommonConfig & {
  port: number;
  host: string;
  /** Private networks in which identity providers are allowed. */
  ssoAllowedNetworks: string[];
  /** A standby for queries. */
  replicaUrl: string | null;
  adminToken: string | null;
  trustProxy: number | string[];
  corsOrigins: string[];
  rateLimits: boolean;
  docs: boolean;
  /** The URI for reports of security problems, or null. */
  securityContact: string | null;
};

/** Allowed outside production, where the identity provider often runs on the same machine. */
const LOOPBACK = ['127.0.0.0/8', '::1'];

/** Throws StartError. */
export function readConfig(variables: NodeJS.ProcessEnv): Config {
  const env = readEnvironment(variables);
  return {
    ...commonConfig(env),
    port: env.PORT,
    host: env.HOST,
    ssoAllowedNetworks: env.SSO_ALLOWED_NETWORKS ?? (env.NODE_ENV === 'production' ? [] : LOOPBACK),
    replicaUrl: env.DATABASE_REPLICA_URL ?? null,
    adminToken: env.GATEHOUSE_ADMIN_TOKEN ?? null,
    trustProxy: env.TRUST_PROXY,
    corsOrigins: env.CORS_ORIGINS ?? [],
    rateLimits: env.RATE_LIMITS === 'on',
    docs: env.DOCS === 'on',
    securityContact: env.SECURITY_CONTACT ?? null,
  };
}
