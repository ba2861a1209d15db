import type { LdapConfig } from '@gatehouse/contract/login-option-config';
import type { Entry } from 'ldapts';
import { nameIn } from './attribute-value.ts';
import { SsoError } from './sso-error.ts';

type Value = string | Buffer;
type Kind = { attribute: string; read: (value: Value) => string | null };

/** A value whose case has no meaning, as text in lower case. */
const hex = (pattern: RegExp) => (value: Value) => {
  const text = String(value);
  return pattern.test(text) ? text.toLowerCase() : null;
};
const uuid = hex(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i);
const bytes = (value: Value) => (Buffer.isBuffer(value) && value.length === 16 ? value.toString('hex') : null);

/** The ids that directories give to each entry and never give to another, in the order in which they are preferred. */
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

/** What to ask the directory for. Values of `binary` are no text. */
export function subjectAttributes({ attributes: { subject } }: LdapConfig): { all: string[]; binary: string[] } {
  const all = [...KINDS.map(({ attribute }) => attribute), ...(subject === undefined ? [] : [subject])];
  return { all, binary: ['objectGUID', 'GUID', ...(subject === undefined ? [] : [subject])] };
}

/** `aliases`: the other ids of the entry. An account that is known by one of them stays the same person's. */
export type Subject = { attribute: string; subject: string; aliases: string[] };

/** Who the entry is, by an id that never changes: names are given to others, and entries move. */
export function subjectOf({ attributes: { subject: configured } }: LdapConfig, entry: Entry): Subject {
  const known = KINDS.flatMap((kind) => readKind(kind, entry));
  const chosen = configured === undefined ? known[0] : readConfigured(configured, known, entry);
  if (!chosen)
    throw new SsoError(
      'misconfigured',
      configured === undefined
        ? `The entry shows none of ${KINDS.map(({ attribute }) => attribute).join(', ')}, by which people are recognized: let bind_dn read one, or set attributes.subject.`
        : `The entry shows no ${configured} that can be used, by which people are recognized: it needs exactly one value, which bind_dn may read.`,
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

/** The name of the attribute is put before its value, so that no value can pass for an id of the list. */
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

/** Of several values the directory promises no order. */
function soleValue(entry: Entry, name: string): Value | null {
  const [value, another] = [valuesOf(entry, name)].flat();
  return value === undefined || another !== undefined ? null : value;
}

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** The server may write the name in another case. */
export const valuesOf = (entry: Entry, name: string): Entry[string] =>
  Object.entries(entry).find(([key]) => isSame(key, name))?.[1] ?? [];
