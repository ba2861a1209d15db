import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { emailAddress } from '@gatehouse/contract/text';
import { databaseUrlError } from '@gatehouse/postgres/database-url';
import { z } from 'zod';

export type Address = { name: string; email: string };

/** Characters. Shorter secrets can be guessed. */
const SHORTEST_SECRET = 32;

export const secret = z
  .string()
  .refine((text) => text.trim().length >= SHORTEST_SECRET, `must have at least ${String(SHORTEST_SECRET)} characters`);

/** A secret that fits into an `Authorization` header. */
export const bearerToken = secret.regex(
  /^[\w.~+/-]+=*$/,
  'must consist of letters, digits and -._~+/ (RFC 6750), to be usable as a Bearer token',
);

export const onOrOff = z.enum(['on', 'off'], 'must be on or off');

export const logLevel = z.enum(
  ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
  'must be fatal, error, warn, info, debug, trace or silent',
);

export const port = z
  .string()
  .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535, 'must be a number from 0 to 65535')
  .transform(Number);

/** The URL of a server that Gatehouse connects to. */
export const serverUrl = (protocols: RegExp, example: string) =>
  z.string().refine((text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, hostname } = new URL(text);
    return protocols.test(protocol) && hostname !== '';
  }, `must look like ${example}`);

export const databaseUrl = z.string().superRefine((text, context) => {
  const wrong = databaseUrlError(text);
  if (wrong !== null) context.addIssue(wrong);
});

/** With fewer than three, lists and changes would leave no connection for short calls. */
export const poolSize = z
  .string()
  .refine(
    (text) => /^\d{1,3}$/.test(text) && Number(text) >= 3 && Number(text) <= 100,
    'must be a number from 3 to 100',
  )
  .transform(Number);

/** At least two, because sessions and the erasure of contexts read events of the last 30 days. */
export const months = z
  .string()
  .refine((text) => /^\d{1,3}$/.test(text) && Number(text) >= 2, 'must be a number of months from 2 to 999')
  .transform(Number);

/** Where browsers reach the service, without a trailing slash. */
export const publicUrl = z
  .string()
  .refine(isBaseUrl, 'must look like https://developers.example.com, without a query, fragment, username or password')
  .transform((text) => {
    const { origin, pathname } = new URL(text);
    return origin + pathname.replace(/\/+$/, '');
  });

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '' && !/[?#]/.test(text);
}

/** A `Contact` of RFC 9116. */
export const contactUri = z
  .string()
  .refine(
    (text) => URL.canParse(text) && /^(?:mailto|https|tel):[^\s]+$/.test(text),
    'must look like mailto:security@example.com or https://example.com/security',
  );

const list = (text: string): string[] => text.split(',').map((part) => part.trim());

export const origins = z
  .string()
  .transform(list)
  .refine(
    (all) => all.every(isOrigin),
    'must be a comma-separated list of origins without a path, such as https://app.example.com,http://localhost:5173',
  );

/** A browser sends exactly this form in `Origin`. */
const isOrigin = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;

export const networks = z
  .string()
  .transform(list)
  .refine((all) => all.every(isNetwork), 'must be a comma-separated list of CIDRs, such as 10.0.0.0/8,fd00::/8');

/** Hops (0: trust no proxy) or networks in CIDR notation, as Express accepts them. */
export const trustedProxies = z
  .string()
  .transform((text) => (/^\d{1,2}$/.test(text) ? Number(text) : list(text)))
  .refine(
    (trusted) => typeof trusted === 'number' || trusted.every(isNetwork),
    'must be a number of hops or a comma-separated list of CIDRs, such as 10.0.0.0/8,fd00::/8',
  );

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return (
    bits > 0 && rest.length === 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits))
  );
}

/** `Name <address>`, or only the address. */
export const sender = z.string().transform((text, context): Address => {
  const [, name = '', bracketed, bare] = /^(?:"?(.*?)"?\s*<([^<>]+)>|([^<>]+))$/.exec(text.trim()) ?? [];
  const email = emailAddress.safeParse(bracketed ?? bare);
  if (email.success) return { name, email: email.data };
  context.addIssue('must look like Gatehouse <gatehouse@example.com>');
  return z.NEVER;
});

/** Node only warns about a file that it cannot use, and continues without it. */
export const certificateFile = z.string().refine(isCertificateFile, 'must name a readable file with PEM certificates');

function isCertificateFile(path: string): boolean {
  try {
    return new X509Certificate(readFileSync(path)).subject !== '';
  } catch {
    return false;
  }
}
