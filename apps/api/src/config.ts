import { isIP } from 'node:net';
import { z } from 'zod';

const url = (...protocols: string[]) =>
  z.url({
    protocol: new RegExp(`^(?:${protocols.join('|')})$`),
    error: `must be an address that begins with ${protocols.map((name) => `${name}://`).join(' or ')}`,
  });
const secret = z.string({ error: 'must be set' }).min(32, 'must have at least 32 characters');

/** Where one tries things out, the identity provider is on the same machine. */
const LOOPBACK = ['127.0.0.0/8', '::1'];

/** Hops (0: trust none) or networks in CIDR notation, as Express takes them. */
const TrustedProxies = z
  .string()
  .transform((text) => (/^\d{1,2}$/.test(text) ? Number(text) : text.split(',').map((part) => part.trim())))
  .refine(
    (trusted) => typeof trusted === 'number' || trusted.every(isNetwork),
    'must be a number of hops or a list of CIDRs',
  );

const Networks = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine((networks) => networks.every(isNetwork), 'must be a list of CIDRs');

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return (
    bits > 0 && rest.length === 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits))
  );
}

const Environment = z
  .object({
    NODE_ENV: z.string().optional(),
    PORT: z
      .string()
      .regex(/^\d{1,5}$/, 'must be a port number')
      .transform(Number)
      .refine((port) => port < 65_536, 'must be a port number')
      .default(3000),
    HOST: z.string().default('127.0.0.1'),
    DATABASE_URL: url('postgresql', 'postgres'),
    REDIS_URL: url('redis', 'rediss').optional(),
    REDIS_PREFIX: z.string().default('{gatehouse}'),
    PUBLIC_URL: url('http', 'https').optional(),
    SMTP_URL: z.string().optional(),
    GATEHOUSE_SECRET: secret,
    GATEHOUSE_PREVIOUS_SECRET: secret.optional(),
    SSO_ALLOWED_NETWORKS: Networks.optional(),
    GATEHOUSE_ADMIN_TOKEN: secret
      .regex(
        /^[\w.~+/-]+=*$/,
        'may hold letters, digits and -._~+/ (RFC 6750), so that it can be sent as a Bearer token',
      )
      .optional(),
    TRUST_PROXY: TrustedProxies.default(0),
    RATE_LIMITS: z.enum(['on', 'off'], { error: 'must be on or off' }).default('on'),
    DOCS: z.enum(['on', 'off'], { error: 'must be on or off' }).default('on'),
    LOG_LEVEL: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], { error: 'must be a level of pino' })
      .default('info'),
  })
  .refine((env) => env.RATE_LIMITS === 'on' || env.NODE_ENV !== 'production', {
    path: ['RATE_LIMITS'],
    message: 'cannot be off in production',
  });

export type Config = {
  port: number;
  host: string;
  databaseUrl: string;
  redisUrl: string | null;
  redisPrefix: string;
  publicUrl: string;
  /** The worker sends; here it only matters whether it does. */
  smtpEnabled: boolean;
  secret: string;
  previousSecret: string | null;
  /** Networks that are not public, where identity providers may be all the same. */
  ssoAllowedNetworks: string[];
  adminToken: string | null;
  trustProxy: number | string[];
  rateLimits: boolean;
  docs: boolean;
  logLevel: string;
};

/** A value that stops the start. The message is one line and names the variable, never its value. */
export class ConfigError extends Error {}

/** The only place that reads the environment. An empty variable counts as absent. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ConfigError(`${issue?.path.join('.') ?? 'The environment'} ${issue?.message ?? 'is not valid'}`);
  }
  const env = parsed.data;
  return {
    port: env.PORT,
    host: env.HOST,
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL ?? null,
    redisPrefix: env.REDIS_PREFIX,
    publicUrl: (env.PUBLIC_URL ?? addressOf(env.HOST, env.PORT)).replace(/\/$/, ''),
    smtpEnabled: env.SMTP_URL !== undefined,
    secret: env.GATEHOUSE_SECRET,
    previousSecret: env.GATEHOUSE_PREVIOUS_SECRET ?? null,
    ssoAllowedNetworks: env.SSO_ALLOWED_NETWORKS ?? (env.NODE_ENV === 'production' ? [] : LOOPBACK),
    adminToken: env.GATEHOUSE_ADMIN_TOKEN ?? null,
    trustProxy: env.TRUST_PROXY,
    rateLimits: env.RATE_LIMITS === 'on',
    docs: env.DOCS === 'on',
    logLevel: env.LOG_LEVEL,
  };
}

/** The address under which a listener on this host and port is reached. */
export const addressOf = (host: string, port: number): string =>
  `http://${isIP(host) === 6 ? `[${host}]` : host}:${String(port)}`;
