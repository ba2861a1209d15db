import type { LdapConfig } from '@gatehouse/contract/login-option-config';
import type { Entry } from 'ldapts';
import { nameIn } from './attribute-value.ts';
import { SsoError } from './sso-error.ts';

type Value = string | Buffer;
type Kind = { attribute: string; read: (value: Value) => string | null };

/** Reads a value whose case has no meaning, and returns it in lower case. */
const hex = (pattern: RegExp) => (value: Value) => {
  const text = String(value);
  return pattern.test(text) ? text.toLowerCase() : null;
};
const uuid = hex(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i);
const bytes = (value: Value) => (Buffer.isBuffer(value) && value.length === 16 ? value.toString('hex') : null);

/** Unique ids that directories never reassign, in order of preference. */
const KINDS: Kind[] = [
  // RFC 4530: OpenLDAP and others.
  { attribute: 'entryUUID', read: uuid },
  // Active Directory, Samba.
  { attribute: 'objectGUID', read: bytes },
  { attribute: 'ipaUniqueID', read: uuid },
  // 389 Directory Server.
  { attribute: 'nsUniqueId', read: hex(/^[\da-f]{8}(-[\da-f]{8}){3}$/i) },
  // eDirectory.
  { attribute: 'GUID', read: bytes },
];

/** The attributes to request. The values of `binary` are requested as bytes. */
export function subjectAttributes({ attributes: { subject } }: LdapConfig): { all: string[]; binary: string[] } {
  const all = [...KINDS.map(({ attribute }) => attribute), ...(subject === undefined ? [] : [subject])];
  return { all, binary: ['objectGUID', 'GUID', ...(subject === undefined ? [] : [subject])] };
}

/** `aliases`: the other ids of the entry. They keep an account linked when the preferred id changes. */
export type Subject = { attribute: string; subject: string; aliases: string[] };

/** Identifies an entry by an id that never changes: names can be reassigned, and entries can move. */
export function subjectOf({ attributes: { subject: configured } }: LdapConfig, entry: Entry): Subject {
  const known = KINDS.flatMap((kind) => readKind(kind, entry));
  const chosen = configured === undefined ? known[0] : readConfigured(configured, known, entry);
  if (!chosen)
    throw new SsoError(
      'misconfigured',
      configured === undefined
        ? `bind_dn can read none of these ids of the entry: ${KINDS.map(({ attribute }) => attribute).join(', ')}. Allow it to read one of them, or set attributes.subject.`
        : `The entry has no usable ${configured} to identify the person by. It needs exactly one value, which bind_dn can read.`,
    );
  const aliases = known.map(({ subject }) => subject).filter((subject) => subject !== chosen.subject);
  return { ...chosen, aliases };
}

type SubjectId = Omit<Subject, 'aliases'>;

function readKind({ attribute, read }: Kind, entry: Entry): SubjectId[] {
  const value = soleValue(entry, attribute);
  const subject = value === null ? null : read(value);
  return subject === null ? [] : [{ attribute, subject }];
}

/** Prefixes the value with the attribute name, so that no value can pass for an id of KINDS. */
function readConfigured(configured: string, known: SubjectId[], entry: Entry): SubjectId | undefined {
  if (KINDS.some(({ attribute }) => isSame(attribute, configured)))
    return known.find(({ attribute }) => isSame(attribute, configured));
  const value = soleValue(entry, configured);
  const attribute = configured.toLowerCase();
  if (value === null || value.length === 0) return undefined;
  const text = nameIn(String(value));
  if (text !== null && !text.includes('\uFFFD')) return { attribute, subject: `${attribute}:${text}` };
  return Buffer.isBuffer(value) ? { attribute, subject: `${attribute};binary:${value.toString('hex')}` } : undefined;
}

/** null if there are several values, because directories return values in any order. */
function soleValue(entry: Entry, name: string): Value | null {
  const [value, another] = [valuesOf(entry, name)].flat();
  return value === undefined || another !== undefined ? null : value;
}

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Ignores case, because servers may return an attribute name in another case. */
export const valuesOf = (entry: Entry, name: string): Entry[string] =>
  Object.entries(entry).find(([key]) => isSame(key, name))?.[1] ?? [];
