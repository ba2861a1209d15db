import type { LdapConfig, Vouched } from '@gatehouse/contract/login-option';
import { type Client, type Entry, EqualityFilter } from 'ldapts';
import { attributeValue } from './attribute-value.ts';
import { meaning, SEARCH } from './ldap.errors.ts';
import { SsoError } from './sso-error.ts';

const ENTRY_UUID = 'entryUUID';
/** RFC 4530: case says nothing. In whatever else a server calls so it may be all that tells two people apart. */
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** The same of Active Directory: 16 bytes. */
const OBJECT_GUID = 'objectGUID';

/** The attributes that become each field, the first that has a value. By default email is `mail`, name `displayName` or `cn`. */
const sources = ({ attributes, identifier }: LdapConfig) => ({
  username: [attributes.username ?? identifier],
  email: [attributes.email ?? 'mail'],
  name: attributes.name === undefined ? ['displayName', 'cn'] : [attributes.name],
});

/** The one whose identifier is equal by the rules of the directory, to which case and space may not matter. */
export async function findEntry(config: LdapConfig, client: Client, username: string): Promise<Entry | null> {
  const { searchEntries } = await meaning(
    SEARCH,
    client.search(config.base_dn, {
      filter: new EqualityFilter({ attribute: config.identifier, value: username }),
      sizeLimit: 2,
      timeLimit: config.timeout,
      attributes: [ENTRY_UUID, OBJECT_GUID, ...new Set(Object.values(sources(config)).flat())],
      explicitBufferAttributes: [OBJECT_GUID],
    }),
  );
  const [entry, another] = searchEntries;
  if (another)
    throw new SsoError(
      'misconfigured',
      `More than one entry has this ${config.identifier}: identifier must be unique.`,
    );
  // A bind without a name succeeds as nobody.
  if (entry?.dn === '') throw new SsoError('misconfigured', 'The LDAP server finds an entry without a name.');
  return entry ?? null;
}

export const vouch = (config: LdapConfig, entry: Entry): Vouched => ({
  subject: subjectOf(entry),
  ...fieldsOf(config, entry),
  emailVerified: null,
  once: null,
});

/** What never changes: names are given to others, and entries move. */
export function subjectOf(entry: Entry): string {
  const uuid = [valuesOf(entry, ENTRY_UUID)].flat().at(0);
  if (typeof uuid === 'string' && UUID.test(uuid)) return uuid.toLowerCase();
  const guid = [valuesOf(entry, OBJECT_GUID)].flat().at(0);
  if (Buffer.isBuffer(guid) && guid.length === 16) return guid.toString('hex');
  throw new SsoError(
    'misconfigured',
    `The entry shows neither ${ENTRY_UUID} nor ${OBJECT_GUID}, by which people are known again: let bind_dn read it.`,
  );
}

/** The attributes of which each field would be, where none has a value. */
export const missingOf = (config: LdapConfig, entry: Entry): string[] => {
  const fields = fieldsOf(config, entry);
  const { username, email, name } = sources(config);
  return [
    ...(fields.username === null ? username : []),
    ...(fields.email === null ? email : []),
    ...(fields.name === null ? name : []),
  ];
};

function fieldsOf(config: LdapConfig, entry: Entry): Pick<Vouched, 'username' | 'email' | 'name'> {
  const { username, email, name } = sources(config);
  const first = (names: string[]): string | null =>
    names.map((each) => attributeValue(valuesOf(entry, each))).find((text) => text !== null) ?? null;
  return { username: first(username), email: first(email), name: first(name) };
}

/** The server may write the name in another case. */
const valuesOf = (entry: Entry, name: string): Entry[string] =>
  Object.entries(entry).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1] ?? [];
