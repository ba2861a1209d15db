import { emailAddress } from '@gatehouse/contract/text';
import type { Settings } from '@gatehouse/core/context';
import { z } from 'zod';

export type Address = { name: string; email: string };

export type Config = {
  databaseUrl: string;
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
};

/** Told to the operator as one line, without a stack trace. */
export class ConfigError extends Error {}

/** Characters; shorter ones can be guessed. */
const SHORTEST_SECRET = 32;

const url = (protocols: RegExp, example: string) =>
  z
    .string('is required')
    .refine((text) => URL.canParse(text) && protocols.test(new URL(text).protocol), `must look like ${example}`);

const Environment = z.object({
  DATABASE_URL: url(/^postgres(ql)?:$/, 'postgresql://user:password@host:5432/name'),
  REDIS_URL: url(/^rediss?:$/, 'redis://host:6379').optional(),
  REDIS_PREFIX: z.string().default('{gatehouse}'),
  SMTP_URL: url(/^smtps?:$/, 'smtp://user:password@host:587').optional(),
  MAIL_FROM: z.string().optional(),
  PUBLIC_URL: url(/^https?:$/, 'https://developers.example.com').default('http://127.0.0.1:3000'),
  GATEHOUSE_SECRET: z
    .string('is required')
    .min(SHORTEST_SECRET, `must have at least ${String(SHORTEST_SECRET)} characters`),
  GATEHOUSE_PREVIOUS_SECRET: z
    .string()
    .min(SHORTEST_SECRET, `must have at least ${String(SHORTEST_SECRET)} characters`)
    .optional(),
  GATEHOUSE_DATA_DIR: z.string().optional(),
  LOG_LEVEL: z
    .enum(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      'must be fatal, error, warn, info, debug, trace or silent',
    )
    .default('info'),
  NODE_ENV: z.string().optional(),
});

/** Throws ConfigError that names the first wrong variable and never shows its value. An empty one counts as unset. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ConfigError(`${String(issue?.path[0])} ${issue?.message ?? 'is wrong'}.`);
  }
  const variables = parsed.data;
  if (variables.SMTP_URL && !variables.MAIL_FROM && variables.NODE_ENV === 'production') {
    throw new ConfigError('MAIL_FROM is required with SMTP_URL when NODE_ENV is production.');
  }
  return {
    databaseUrl: variables.DATABASE_URL,
    redisUrl: variables.REDIS_URL ?? null,
    redisPrefix: variables.REDIS_PREFIX,
    smtpUrl: variables.SMTP_URL ?? null,
    mailFrom: parseAddress(variables.MAIL_FROM ?? 'Gatehouse <gatehouse@localhost>'),
    dataDir: variables.GATEHOUSE_DATA_DIR ?? null,
    settings: {
      secret: variables.GATEHOUSE_SECRET,
      previousSecret: variables.GATEHOUSE_PREVIOUS_SECRET ?? null,
      publicUrl: variables.PUBLIC_URL,
      smtpEnabled: variables.SMTP_URL !== undefined,
    },
    logLevel: variables.LOG_LEVEL,
  };
}

/** `Name <address>` or the address alone. */
function parseAddress(text: string): Address {
  const [, name = '', bracketed, bare] = /^(?:"?(.*?)"?\s*<([^<>]+)>|([^<>]+))$/.exec(text.trim()) ?? [];
  const email = emailAddress.safeParse(bracketed ?? bare);
  if (!email.success) throw new ConfigError('MAIL_FROM must look like Gatehouse <gatehouse@example.com>.');
  return { name, email: email.data };
}
