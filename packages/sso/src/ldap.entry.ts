import type { LdapConfig } from '@gatehouse/contract/login-option-config';
import type { VerifiedClaims } from '@gatehouse/contract/verified-claims';
import { type Client, type Entry, EqualityFilter } from 'ldapts';
import { attributeValue } from './attribute-value.ts';
import { meaning, SEARCH } from './ldap.errors.ts';
import { subjectAttributes, subjectOf, valuesOf } from './ldap.subject.ts';
import { SsoError } from './sso-error.ts';

/** The attributes for each field; the first one with a value is used. */
const sources = ({ attributes, identifier }: LdapConfig) => ({
  username: [attributes.username ?? identifier],
  email: [attributes.email ?? 'mail'],
  name: attributes.name === undefined ? ['displayName', 'cn'] : [attributes.name],
});

/**
 * The entry whose identifier equals `username` by the rules of the directory, which may ignore case and white space.
 */
export async function findEntry(config: LdapConfig, client: Client, username: string): Promise<Entry | null> {
  const subject = subjectAttributes(config);
  const { searchEntries } = await meaning(
    SEARCH,
    client.search(config.base_dn, {
      filter: new EqualityFilter({ attribute: config.identifier, value: username }),
      sizeLimit: 2,
      timeLimit: config.timeout,
      attributes: [...new Set([...subject.all, ...Object.values(sources(config)).flat()])],
      explicitBufferAttributes: subject.binary,
    }),
  );
  const [entry, another] = searchEntries;
  if (another)
    throw new SsoError(
      'misconfigured',
      `More than one entry has this ${config.identifier}. Choose an identifier that is unique.`,
    );
  // A bind with an empty name is anonymous, and would succeed with any password.
  if (entry?.dn === '') throw new SsoError('misconfigured', 'The LDAP server returned an entry without a name.');
  return entry ?? null;
}

export function claimsOf(config: LdapConfig, entry: Entry): VerifiedClaims {
  const { subject, aliases } = subjectOf(config, entry);
  const others = aliases.length === 0 ? {} : { aliases };
  return { subject, ...others, ...fieldsOf(config, entry), emailVerified: null, once: null };
}

/** The mapped attributes that have no value. */
export const missingOf = (config: LdapConfig, entry: Entry): string[] => {
  const fields = fieldsOf(config, entry);
  const { username, email, name } = sources(config);
  return [
    ...(fields.username === null ? username : []),
    ...(fields.email === null ? email : []),
    ...(fields.name === null ? name : []),
  ];
};

function fieldsOf(config: LdapConfig, entry: Entry): Pick<VerifiedClaims, 'username' | 'email' | 'name'> {
  const { username, email, name } = sources(config);
  const first = (names: string[]): string | null =>
    names.map((each) => attributeValue([valuesOf(entry, each)].flat().map(String))).find((text) => text !== null) ??
    null;
  return { username: first(username), email: first(email), name: first(name) };
}
