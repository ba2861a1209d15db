export const BASE_DN = 'dc=example,dc=test';
/** Can read everything; its password is `readerpw`. */
export const READER_DN = `cn=reader,${BASE_DN}`;
/** Can search, but not read the ids of entries; its password is `blindpw`. */
export const BLIND_DN = `cn=blind,${BASE_DN}`;
/** Can sign in, but not search; its password is `helplesspw`. */
export const HELPLESS_DN = `cn=helpless,${BASE_DN}`;
export const PEOPLE_DN = `ou=people,${BASE_DN}`;
/** Anonymous clients can search it. */
export const OPEN_DN = `ou=open,${BASE_DN}`;
/** The password of all people below. */
export const PASSWORD = 'correct horse ünïcode';

/** The `objectGUID` of `adele`, as of every entry in Active Directory. Its bytes are also valid text. */
export const GUID = '6e6f742074657874206275742069642e';

/** Ids as other directory servers write them, by uid. */
export const IDS = {
  fiona: { ipaUniqueID: '6B4E8F6A-1c2d-11EF-9c3b-525400a1b2c3' },
  nadia: { nsUniqueId: '66446001-1DD211B2-8B56E4A4-00000000' },
  edgar: { GUID: Buffer.from('00ff8040201008040201fefdfcfbfa0a', 'hex') },
};

export const slapdConfig = (directory: string, directives: readonly string[]): string => `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
attributetype ( 1.2.840.113556.1.4.2 NAME 'objectGUID' SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
attributetype ( 2.16.840.1.113730.3.8.3.1 NAME 'ipaUniqueID' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 2.16.840.1.113730.3.1.542 NAME 'nsUniqueId' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 2.16.840.1.113719.1.1.4.1.501 NAME 'GUID' SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.4203.666.1 NAME 'windowsPerson' SUP top AUXILIARY MAY ( objectGUID $ ipaUniqueID $ nsUniqueId $ GUID ) )
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
pidfile ${directory}/slapd.pid
argsfile ${directory}/slapd.args
TLSCACertificateFile ${directory}/ca.crt
TLSCertificateFile ${directory}/server.crt
TLSCertificateKeyFile ${directory}/server.key
${directives.join('\n')}
database mdb
maxsize 10485760
suffix "${BASE_DN}"
rootdn "cn=admin,${BASE_DN}"
directory ${directory}/db
index objectClass eq
index uid,mail eq
overlay ppolicy
ppolicy_default "cn=default,ou=policies,${BASE_DN}"
access to attrs=userPassword by anonymous auth by * none
access to attrs=entryUUID by dn.exact="${BLIND_DN}" none by * read
access to dn.subtree="${OPEN_DN}" by * read
access to * by dn.exact="${READER_DN}" read by dn.exact="${BLIND_DN}" read by * none
`;

const base64 = (value: string | Buffer): string => Buffer.from(value).toString('base64');

type Person = { uid: string; cn: string; mails?: string[]; below?: string; ids?: Record<string, string | Buffer> };

const person = ({ uid, cn, mails = [], below = PEOPLE_DN, ids = {} }: Person): string =>
  [
    `dn:: ${base64(`uid=${uid.replaceAll(',', String.raw`\,`)},${below}`)}`,
    'objectClass: inetOrgPerson',
    ...(Object.keys(ids).length === 0 ? [] : ['objectClass: windowsPerson']),
    ...Object.entries(ids).map(([name, value]) => `${name}:: ${base64(value)}`),
    `uid:: ${base64(uid)}`,
    `cn:: ${base64(cn)}`,
    'sn: Person',
    ...mails.map((mail) => `mail: ${mail}`),
    `userPassword:: ${base64(PASSWORD)}`,
  ].join('\n');

const unit = (name: string): string => `dn: ou=${name},${BASE_DN}\nobjectClass: organizationalUnit\nou: ${name}`;
const service = (dn: string, password: string): string =>
  `dn: ${dn}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\nuserPassword: ${password}`;

export const SEED = [
  `dn: ${BASE_DN}\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example`,
  service(READER_DN, 'readerpw'),
  service(BLIND_DN, 'blindpw'),
  service(HELPLESS_DN, 'helplesspw'),
  unit('people'),
  unit('open'),
  unit('policies'),
  `dn: cn=default,ou=policies,${BASE_DN}\nobjectClass: pwdPolicy\nobjectClass: organizationalRole
pwdAttribute: userPassword\npwdMaxFailure: 3\npwdLockout: TRUE`,
  person({ uid: 'alice', cn: 'Alice Liddell', mails: ['alice@example.test', 'second@example.test'] }),
  person({ uid: 'bob', cn: 'Bob Builder', mails: ['shared@example.test'] }),
  person({ uid: 'carol', cn: 'Carol (QA) *', mails: ['shared@example.test'] }),
  person({ uid: 'dave, the (2nd)*', cn: 'Dave', mails: ['dave@example.test'] }),
  person({ uid: 'locked', cn: 'Locked Out', mails: ['locked@example.test'] }),
  person({ uid: 'zoé', cn: 'Zoé Müller', mails: ['zoe@example.test'] }),
  person({ uid: 'mailless', cn: 'Mail Less' }),
  person({ uid: 'adele', cn: 'Adele', ids: { objectGUID: Buffer.from(GUID, 'hex') } }),
  ...Object.entries(IDS).map(([uid, ids]) => person({ uid, cn: uid, ids })),
  person({ uid: 'olive', cn: 'Olive Open', mails: ['olive@example.test'], below: OPEN_DN }),
  '',
].join('\n\n');
