import { z } from 'zod';
import { StartError } from './start-error.ts';
import {
  bearerToken,
  certificateFile,
  contactUri,
  databaseUrl,
  logLevel,
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
 * Every setting of the api, the worker, `npm start` and `npm run migrate`. All of them check all of it, so that they
 * agree on what a value means. The descriptions are what `--help` shows.
 */
const All = z.object({
  NODE_ENV: z.string().optional().describe('production: nothing is embedded, generated or guessed'),
  DATABASE_URL: databaseUrl.optional().describe('a PostgreSQL of your own (npm start: an embedded one)'),
  DATABASE_DIRECT_URL: databaseUrl
    .optional()
    .describe('PostgreSQL itself, where DATABASE_URL leads through a pooler (DATABASE_URL)'),
  DATABASE_POOL_SIZE: poolSize.prefault('10').describe('connections of one process for calls or jobs, 3 to 100'),
  REDIS_URL: serverUrl(/^rediss?:$/, 'redis://host:6379')
    .optional()
    .describe('a Redis for the queue and the rate limits (the same PostgreSQL)'),
  REDIS_PREFIX: z.string().default('{gatehouse}').describe('begins every key of the queue on Redis'),
  SMTP_URL: serverUrl(/^smtps?:$/, 'smtp://user:password@host:587')
    .optional()
    .describe('a mail server (mail is recorded, not sent)'),
  MAIL_FROM: sender.optional().describe('the sender of mails where the portal names none (gatehouse@localhost)'),
  PUBLIC_URL: publicUrl
    .optional()
    .describe('where browsers reach the service; every link begins with it (npm start: HOST and PORT)'),
  PORT: port.prefault('3000').describe('where the api listens; 0 takes a free port'),
  HOST: z.string().default('127.0.0.1').describe('the address the api listens on'),
  GATEHOUSE_SECRET: secret
    .optional()
    .describe('signs and seals, the same for every process (npm start: made once, kept in the data directory)'),
  GATEHOUSE_PREVIOUS_SECRET: secret.optional().describe('the secret before, while it is being replaced'),
  GATEHOUSE_ADMIN_TOKEN: bearerToken
    .optional()
    .describe('an admin token that may do everything (npm start: made once)'),
  GATEHOUSE_DATA_DIR: z
    .string()
    .optional()
    .describe('the embedded database, the secret and unsent mails (npm start: .gatehouse)'),
  SSO_ALLOWED_NETWORKS: networks
    .optional()
    .describe('private networks where identity providers may be (this machine; in production none)'),
  TRUST_PROXY: trustedProxies.prefault('0').describe('proxies whose X-Forwarded-For counts: hops or CIDRs'),
  CORS_ORIGINS: origins
    .optional()
    .describe('origins whose pages may call /api and /trpc with a token, comma separated (none)'),
  NODE_EXTRA_CA_CERTS: certificateFile
    .optional()
    .describe('a file with the certificates of private authorities, for all outgoing TLS'),
  RATE_LIMITS: onOrOff.default('on').describe('off: for tests'),
  DOCS: onOrOff.default('on').describe('off: without /docs'),
  SECURITY_CONTACT: contactUri
    .optional()
    .describe('where to report security problems, as mailto: or https:; shown in /.well-known/security.txt'),
  LOG_LEVEL: logLevel
    .default('info')
    .describe('fatal, error, warn, info, debug, trace or silent (npm start: warn, in production info)'),
});

/** Settings that are never shown. Addresses of servers hold passwords. */
const SECRETS: ReadonlySet<string> = new Set([
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'REDIS_URL',
  'SMTP_URL',
  'GATEHOUSE_SECRET',
  'GATEHOUSE_PREVIOUS_SECRET',
  'GATEHOUSE_ADMIN_TOKEN',
]);

const REQUIRED = { DATABASE_URL: true, GATEHOUSE_SECRET: true, PUBLIC_URL: true } as const;

/** What `npm start` and `npm run migrate` are given: what is missing they make, or ask for themselves. */
const Partial = All.superRefine(checkTogether);
/** What the api and the worker need. */
const Whole = All.required(REQUIRED).superRefine(checkTogether);

export type PartialEnvironment = z.infer<typeof Partial>;
export type Environment = z.infer<typeof Whole>;

/** Throws StartError for the first wrong or missing setting. An empty variable counts as unset. */
export const readEnvironment = (variables: NodeJS.ProcessEnv): Environment => read(Whole, variables);

/** As `readEnvironment`, but nothing is required. */
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
  if (found.NODE_ENV !== 'production') return;
  const refuse = (name: keyof typeof found, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message });
  if (found.RATE_LIMITS === 'off') refuse('RATE_LIMITS', 'cannot be off when NODE_ENV is production');
  if (found.SMTP_URL !== undefined && found.MAIL_FROM === undefined) {
    refuse('MAIL_FROM', 'is required with SMTP_URL when NODE_ENV is production');
  }
}

/** For the log: every setting as it was understood, but of a secret only whether it is set. */
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
