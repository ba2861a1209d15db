import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ldap } from './ldap.ts';
import { egressTo } from './testing/egress-to.ts';
import { expectRefused } from './testing/expect-refused.ts';
import { ldapConfig } from '@gatehouse/testing/ldap-config';
import { hasPrograms } from '@gatehouse/testing/programs';
import { BASE_DN, BLIND_DN, GUID, HELPLESS_DN, IDS, OPEN_DN, PASSWORD } from '@gatehouse/testing/slapd-config';
import { SLAPD_PROGRAMS, type Slapd, startSlapd } from '@gatehouse/testing/slapd';
import { makeTestCa, type TestCa } from '@gatehouse/testing/test-ca';

const egress = egressTo('127.0.0.0/8', '::1');
afterAll(() => egress.close());

describe.skipIf(!hasPrograms(...SLAPD_PROGRAMS))('OpenLDAP', () => {
  let ca: TestCa;
  let slapd: Slapd;
  beforeAll(async () => {
    ca = makeTestCa();
    slapd = await startSlapd({ ca });
  });
  afterAll(() => slapd[Symbol.asyncDispose]());

  const login = (username: string, password = PASSWORD, changed: object = {}) =>
    ldap.login(ldapConfig(slapd, ca, changed), egress, { username, password });

  const blind = { bind_dn: BLIND_DN, bind_password: 'blindpw' };

  test.each([{}, { start_tls: true }, { host: '127.0.0.1' }, { host: '127.0.0.1', start_tls: true }])(
    'returns the claims of a person with the correct password: %o',
    async (changed) => {
      expect(await login('alice', PASSWORD, changed)).toEqual({
        subject: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
        username: 'alice',
        email: 'alice@example.test',
        emailVerified: null,
        name: 'Alice Liddell',
        once: null,
      });
    },
  );

  test('reads the mapped attributes only', async () => {
    const attributes = { username: 'MAIL', email: 'description', name: 'sn' };
    expect(await login('alice', PASSWORD, { attributes })).toMatchObject({
      username: 'alice@example.test',
      email: null,
      name: 'Person',
    });
  });

  test('identifies people in Active Directory by their objectGUID', async () => {
    expect(await login('adele', PASSWORD, blind)).toMatchObject({ username: 'adele', subject: GUID });
  });

  test.each([
    ['fiona', IDS.fiona.ipaUniqueID.toLowerCase()],
    ['nadia', IDS.nadia.nsUniqueId.toLowerCase()],
    ['edgar', IDS.edgar.GUID.toString('hex')],
  ])('identifies %s by the id that the directory assigns', async (uid, id) => {
    expect((await login(uid, PASSWORD, blind)).subject).toBe(id);
    // An entryUUID takes precedence, and the other id becomes an alias.
    const seen = await login(uid);
    expect(seen.subject).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(seen.aliases).toEqual([id]);
  });

  test('identifies people by the configured attribute', async () => {
    const by = (subject: string, uid = 'alice') => login(uid, PASSWORD, { attributes: { subject } });
    const usual = await login('alice');
    expect(await by('UID')).toEqual({ ...usual, subject: 'uid:alice', aliases: [usual.subject] });
    expect(await by('ENTRYUUID')).toEqual(usual);
    expect((await by('guid', 'edgar')).subject).toBe(IDS.edgar.GUID.toString('hex'));
    // Missing, and several values.
    for (const subject of ['title', 'mail', 'objectGUID'])
      await expect(by(subject)).rejects.toMatchObject({
        reason: 'misconfigured',
        message: expect.stringContaining(subject),
      });
  });

  test('searches anonymously without a bind_dn', async () => {
    const changed = { bind_dn: undefined, bind_password: undefined };
    expect(await login('olive', PASSWORD, { ...changed, base_dn: OPEN_DN })).toMatchObject({ username: 'olive' });
    await expect(login('olive', 'wrong', { ...changed, base_dn: OPEN_DN })).rejects.toMatchObject({
      reason: 'wrong_login',
    });
    await expect(login('alice', PASSWORD, changed)).rejects.toMatchObject({ reason: 'misconfigured' });
  });

  test('gives the same error for a wrong password and an unknown username', async () => {
    const refusals = await Promise.all([login('bob', 'wrong').catch(said), login('nobody', PASSWORD).catch(said)]);
    expect(refusals).toEqual(Array(2).fill(['wrong_login', 'The username or password is incorrect.']));
  });

  test('rejects a locked account despite the correct password', async () => {
    for (let attempt = 0; attempt < 3; attempt += 1)
      await expect(login('locked', 'wrong')).rejects.toMatchObject({ reason: 'wrong_login' });
    await expect(login('locked')).rejects.toMatchObject({ reason: 'wrong_login' });
  });

  test.each(['ALICE', ' alice ', 'Alice', 'alice '])('finds %j, spelled as in the entry', async (typed) => {
    expect(await login(typed)).toEqual(await login('alice'));
  });

  test.each(['zoé', 'zoe\u0301', 'ZOÉ'])('finds zoé as %j', async (typed) => {
    expect(await login(typed)).toEqual({ ...(await login('zoé')), username: 'zoé' });
  });

  test('finds a name with special characters of filters and distinguished names', async () => {
    expect(await login('dave, the (2nd)*')).toMatchObject({ username: 'dave, the (2nd)*', name: 'Dave' });
  });

  test.each([
    '*',
    'a*',
    '*e',
    'alice)(uid=*',
    '*)(objectClass=*',
    'alice)(|(uid=*',
    '*)(|(uid=*))',
    String.raw`\2a`,
    String.raw`alice\29\28uid=\2a`,
    '(uid=alice)',
    'uid=alice,ou=people,dc=example,dc=test',
    '&(uid=alice)',
    'alice,ou=people',
    '',
    ' ',
    'alice\0',
    '\0',
    'alice\n',
    'alice\u0085',
  ])('finds no entry for %j', async (typed) => {
    await expect(login(typed)).rejects.toMatchObject({ reason: 'wrong_login' });
  });

  test('never finds an entry with another identifier than the typed one', async () => {
    const known = ['alice', 'bob', 'zoé', 'dave, the (2nd)*', 'mailless'];
    const typed = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(...known),
      fc
        .tuple(
          fc.constantFrom(...known),
          fc.nat(20),
          fc.string({
            unit: fc.mapToConstant({ num: 17, build: (at) => '*()\\&|=,~ \u00AD\u200B"#aeß'.charAt(at) }),
          }),
        )
        .map(([name, at, put]) => name.slice(0, at) + put + name.slice(at)),
    );
    let found = 0;
    await fc.assert(
      fc.asyncProperty(typed, async (username) => {
        const answer = await login(username).catch(said);
        if (Array.isArray(answer)) {
          expect(answer[0]).toBe('wrong_login');
        } else {
          found += 1;
          expect(folded(username)).toBe(folded(answer.username ?? ''));
        }
      }),
      { numRuns: 100 },
    );
    expect(found).toBeGreaterThan(0);
  });

  test.each<[string, object]>([
    ['wrong_client', { bind_password: 'wrong' }],
    ['misconfigured', { bind_dn: 'reader' }],
    ['misconfigured', { base_dn: 'people' }],
    ['misconfigured', { base_dn: `ou=absent,${BASE_DN}` }],
    ['misconfigured', { bind_dn: HELPLESS_DN, bind_password: 'helplesspw' }],
    ['misconfigured', blind],
    ['bad_certificate', { root_ca_cert: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' }],
  ])('fails with %s for the configuration %o', async (reason, changed) => {
    await expect(login('alice', PASSWORD, changed)).rejects.toMatchObject({ name: 'SsoError', reason });
  });

  test('keeps passwords out of errors', async () => {
    const secrets = ['typed secret', 'kept secret'];
    await expectRefused(login('bob', 'typed secret'), 'wrong_login', secrets);
    await expectRefused(login('nobody', 'typed secret'), 'wrong_login', secrets);
    await expectRefused(login('bob', 'typed secret', { bind_password: 'kept secret' }), 'wrong_client', secrets);
    await expectRefused(login('bob', 'typed secret', { root_ca_cert: undefined }), 'bad_certificate', secrets);
    await expectRefused(login('bob', 'typed secret', { port: 1 }), 'unreachable', secrets);
  });

  test('rejects an identifier that several people share', async () => {
    const changed = { identifier: 'mail' };
    await expect(login('shared@example.test', PASSWORD, changed)).rejects.toMatchObject({ reason: 'misconfigured' });
    expect(await login('SECOND@example.test', PASSWORD, changed)).toMatchObject({ username: 'alice@example.test' });
  });

  test('reports every passed check', async () => {
    const checks = await ldap.check(ldapConfig(slapd, ca), egress, 'alice');
    expect(checks.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'reachable passed',
      'certificate passed',
      'bind passed',
      'base_dn passed',
      'username passed',
      'subject passed',
      'attributes passed',
    ]);
    expect((await ldap.check(ldapConfig(slapd, ca), egress)).at(-1)).toMatchObject({ status: 'unknown' });
  });

  test.each([
    { failed: 'reachable', of: 'port', changed: { port: 1 } },
    { failed: 'certificate', of: 'root_ca_cert', changed: { root_ca_cert: undefined } },
    { failed: 'bind', of: 'bind_password', changed: { bind_password: 'wrong' } },
    { failed: 'base_dn', of: 'base_dn', changed: { base_dn: `ou=absent,${BASE_DN}` } },
    { failed: 'username', of: 'uid', username: 'nobody' },
    { failed: 'username', of: 'unique', changed: { identifier: 'mail' }, username: 'shared@example.test' },
    { failed: 'subject', of: 'these ids of the entry: entryUUID, ', changed: blind },
    { failed: 'attributes', of: 'mail', username: 'mailless' },
    { failed: 'attributes', of: 'title, mobile', changed: { attributes: { username: 'title', name: 'mobile' } } },
  ])('reports a failed check of $failed, and names $of', async ({ failed, of, changed, username = 'alice' }) => {
    const checks = await ldap.check(ldapConfig(slapd, ca, changed), egress, username);
    expect(checks.at(-1)).toMatchObject({ name: failed, status: 'failed', message: expect.stringContaining(of) });
    expect(checks.slice(0, -1).every(({ status }) => status === 'passed')).toBe(true);
  });

  test('does not connect to a forbidden address', async () => {
    const strict = egressTo();
    const asked = ldap.login(ldapConfig(slapd, ca), strict, { username: 'alice', password: PASSWORD });
    await expect(asked).rejects.toMatchObject({ reason: 'address_not_allowed' });
    expect(await ldap.check(ldapConfig(slapd, ca), strict)).toMatchObject([{ name: 'reachable', status: 'failed' }]);
    await strict.close();
  });

  describe('other LDAP servers', () => {
    const at = async (
      settings: Omit<Parameters<typeof startSlapd>[0], 'ca'>,
      changed: object = {},
      password = PASSWORD,
    ) => {
      await using other = await startSlapd({ ca, ...settings });
      return await ldap.login(ldapConfig(other, ca, changed), egress, { username: 'alice', password });
    };

    test('rejects an empty password even if the server would accept it', async () => {
      const directives = ['allow bind_anon_dn bind_anon_cred'];
      await expect(at({ directives }, {}, '')).rejects.toMatchObject({ reason: 'wrong_login' });
      expect(await at({ directives })).toMatchObject({ username: 'alice' });
    });

    test.each([{}, { start_tls: true }])(
      'rejects a certificate for another name or that has expired: %o',
      async (changed) => {
        await expect(at({ shows: ca.misnamed }, changed)).rejects.toMatchObject({
          reason: 'bad_certificate',
          message: expect.stringContaining('does not match the host'),
        });
        await expect(at({ shows: ca.expired }, changed)).rejects.toMatchObject({
          reason: 'bad_certificate',
          message: expect.stringContaining('expired'),
        });
        expect(await at({ shows: ca.misnamed }, { ...changed, ssl_verify: false })).toMatchObject({
          username: 'alice',
        });
      },
    );

    test('rejects a certificate from an untrusted authority', async () => {
      const another = { root_ca_cert: makeTestCa().certificate };
      await expect(at({}, another)).rejects.toMatchObject({ reason: 'bad_certificate' });
      await expect(at({}, { root_ca_cert: undefined })).rejects.toMatchObject({ reason: 'bad_certificate' });
    });

    test('sends a client certificate to a server that requires one', async () => {
      const directives = ['TLSVerifyClient demand'];
      const shown = { client_cert: ca.client.certificate, client_key: ca.client.privateKey };
      expect(await at({ directives }, shown)).toMatchObject({ username: 'alice' });
      await expect(at({ directives })).rejects.toMatchObject({ reason: 'unreachable' });
      await expect(at({}, { ...shown, client_key: ca.server.privateKey })).rejects.toMatchObject({
        reason: 'misconfigured',
      });
    });
  });
});

const said = (error: unknown): unknown[] => [
  error instanceof Error && 'reason' in error ? error.reason : error,
  error instanceof Error ? error.message : '',
];

/** Compares names as the directory does: caseIgnoreMatch (RFC 4518). */
const folded = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(/[\u00AD\u200B]/g, '')
    .toLowerCase()
    .normalize('NFKC')
    .trim()
    .replaceAll(/\s+/g, ' ');
