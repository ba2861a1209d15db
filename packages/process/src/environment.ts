import { z } from 'zod';
import { StartError } from './start-error.ts';
import {
  bearerToken,
  certificateFile,
  contactUri,
  databaseUrl,
  logLevel,
  months,
  networks,
  onOrOff,
  origins,
  poolSize,
  port,
  publicUrl,
  secret,
  sender,
  serverUrl,
  trustedProxies,
} from './setting-types.ts';

/**
 * Every setting of the api, the worker, `npm start` and `npm run migrate`. All of them check all settings, so that they
 * read every value alike. `--help` shows the descriptions.
 */
const All = z.object({
  NODE_ENV: z.string().optional().describe('production: embed, generate and guess nothing'),
  DATABASE_URL: databaseUrl.optional().describe('your own PostgreSQL (npm start: an embedded one)'),
  DATABASE_DIRECT_URL: databaseUrl
    .optional()
    .describe('PostgreSQL itself, if DATABASE_URL leads through a pooler (DATABASE_URL)'),
  DATABASE_REPLICA_URL: databaseUrl
    .optional()
    .describe('a standby of that PostgreSQL, on which the api runs queries while it is up to date (none)'),
  DATABASE_POOL_SIZE: poolSize.prefault('10').describe('connections per process for calls or jobs, 3 to 100'),
  REDIS_URL: serverUrl(/^rediss?(\+cluster)?:$/, 'redis://host:6379')
    .optional()
    .describe('a Redis for the queue and the rate limits, redis+cluster: a Redis Cluster (the same PostgreSQL)'),
  REDIS_PREFIX: z.string().default('{gatehouse}').describe('prefix of every key of the queue on Redis'),
  SMTP_URL: serverUrl(/^smtps?:$/, 'smtp://user:password@host:587')
    .optional()
    .describe('a mail server (mails are recorded, not sent)'),
  MAIL_FROM: sender.optional().describe('sender of mails for portals that set none (gatehouse@localhost)'),
  PUBLIC_URL: publicUrl
    .optional()
    .describe('URL where browsers reach the service; every link begins with it (npm start: HOST and PORT)'),
  PORT: port.prefault('3000').describe('port the api listens on; 0 picks a free port'),
  HOST: z.string().default('127.0.0.1').describe('address the api listens on'),
  GATEHOUSE_SECRET: secret
    .optional()
    .describe(
      'signs links and encrypts secrets; the same for every process (npm start: generated, kept in the data directory)',
    ),
  GATEHOUSE_PREVIOUS_SECRET: secret.optional().describe('the previous secret, during a rotation'),
  GATEHOUSE_ADMIN_TOKEN: bearerToken.optional().describe('an admin token with all permissions (npm start: generated)'),
  GATEHOUSE_DATA_DIR: z
    .string()
    .optional()
    .describe('directory of the embedded database, the secret and unsent mails (npm start: .gatehouse)'),
  AUDIT_LOG_MONTHS: months.optional().describe('months to keep audit events, 2 to 999 (for ever)'),
  DELIVERY_LOG_MONTHS: months.optional().describe('months to keep mails that need no delivery, 2 to 999 (for ever)'),
  SSO_ALLOWED_NETWORKS: networks
    .optional()
    .describe('private networks of identity providers, as CIDRs (this machine; in production none)'),
  TRUST_PROXY: trustedProxies
    .prefault('0')
    .describe('trusted proxies, as a number of hops or CIDRs; X-Forwarded-For is read from them'),
  CORS_ORIGINS: origins
    .optional()
    .describe('origins whose pages may call /api and /trpc with a token, comma-separated (none)'),
  NODE_EXTRA_CA_CERTS: certificateFile
    .optional()
    .describe('PEM file with the certificates of private authorities, for all outgoing TLS'),
  RATE_LIMITS: onOrOff.default('on').describe('off: for tests'),
  DOCS: onOrOff.default('on').describe('off: do not serve /docs'),
  SECURITY_CONTACT: contactUri
    .optional()
    .describe('contact for security reports, as mailto: or https:; shown in /.well-known/security.txt'),
  LOG_LEVEL: logLevel
    .default('info')
    .describe('fatal, error, warn, info, debug, trace or silent (npm start: warn, in production info)'),
});

/** Settings that are never shown. Server URLs contain passwords. */
const SECRETS: ReadonlySet<string> = new Set([
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'DATABASE_REPLICA_URL',
  'REDIS_URL',
  'SMTP_URL',
  'GATEHOUSE_SECRET',
  'GATEHOUSE_PREVIOUS_SECRET',
  'GATEHOUSE_ADMIN_TOKEN',
]);

const REQUIRED = { DATABASE_URL: true, GATEHOUSE_SECRET: true, PUBLIC_URL: true } as const;

/** For `npm start` and `npm run migrate`, which generate or request missing settings. */
const Partial = All.superRefine(checkTogether);
/** For the api and the worker. */
const Whole = All.required(REQUIRED).superRefine(checkTogether);

export type PartialEnvironment = z.infer<typeof Partial>;
export type Environment = z.infer<typeof Whole>;

/** Throws StartError for the first invalid or missing setting. An empty variable counts as unset. */
export const readEnvironment = (variables: NodeJS.ProcessEnv): Environment => read(Whole, variables);

/** Like `readEnvironment`, but no setting is required. */
export const readPartialEnvironment = (variables: NodeJS.ProcessEnv): PartialEnvironment => read(Partial, variables);

export const withoutEmpty = (variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));

function read<T>(schema: z.ZodType<T>, variables: NodeJS.ProcessEnv): T {
  const { success, data, error } = schema.safeParse(withoutEmpty(variables), {
    error: ({ input }) => (input === undefined ? 'is required' : undefined),
  });
  if (success) return data;
  const [issue] = error.issues;
  throw new StartError(`${issue?.path.join('.') ?? 'The environment'} ${issue?.message ?? 'is not valid'}.`);
}

function checkTogether(found: z.infer<typeof All>, context: z.RefinementCtx): void {
  const refuse = (name: keyof typeof found, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message });
  if (found.REDIS_URL?.includes('+cluster:') && !/\{.+\}/.test(found.REDIS_PREFIX))
    refuse('REDIS_PREFIX', 'needs braces on a Redis Cluster, such as {gatehouse}, so that all keys are on one node');
  if (found.NODE_ENV !== 'production') return;
  if (found.RATE_LIMITS === 'off') refuse('RATE_LIMITS', 'cannot be off when NODE_ENV is production');
  if (found.SMTP_URL !== undefined && found.MAIL_FROM === undefined) {
    refuse('MAIL_FROM', 'is required with SMTP_URL when NODE_ENV is production');
  }
}

/** For the log: every setting with its parsed value. Secrets show only whether they are set. */
export function describeEnvironment(environment: PartialEnvironment): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries({ ...unset, ...environment }).map(([name, value]) => [
      name,
      SECRETS.has(name) && value !== null ? 'set' : value,
    ]),
  );
}

const unset = Object.fromEntries(Object.keys(All.shape).map((name) => [name, null]));

/** The name, the meaning and the default of every setting; null if the default is computed. */
export const SETTINGS = Object.entries(All.shape).map(([name, schema]) => ({
  name,
  meaning: schema.description ?? '',
  default: defaultOf(schema),
}));

function defaultOf(schema: z.ZodType): string | null {
  const value = schema.safeParse(undefined).data;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}
