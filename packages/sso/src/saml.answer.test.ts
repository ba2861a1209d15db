import type { SamlConfig } from '@gatehouse/contract/login-option-config';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { saml } from './saml.ts';
import { minutes, type OwnIdp, ownIdp, type Said } from './testing/own-idp.ts';
import { hasPrograms } from '@gatehouse/testing/programs';
import { type ProviderCallback, hereOf, samlConfig, withXml, xmlOf } from './testing/saml-login.ts';

const here = hereOf('own');
const ACS = here.callbackUrl;
const audience = (...names: string[]) =>
  `<saml:AudienceRestriction>${names.map((name) => `<saml:Audience>${name}</saml:Audience>`).join('')}</saml:AudienceRestriction>`;

describe.skipIf(!hasPrograms('openssl'))('a correctly signed response', () => {
  let idp: OwnIdp;
  let config: SamlConfig;
  beforeAll(() => {
    idp = ownIdp();
    config = samlConfig({ idp_metadata: idp.metadata });
  });
  const begin = async (): Promise<ProviderCallback> => {
    const { begun } = await saml.begin(config, here);
    return { begun, answer: new URLSearchParams({ RelayState: begun.state }), postedTo: ACS };
  };
  const finish = async (said: Partial<Said>, more: object = {}) => {
    const callback = await begin();
    return saml.finish({ ...config, ...more }, here, idp.answer(callback, here, said));
  };

  test('is accepted', async () => {
    const callback = idp.answer(await begin(), here);
    const claims = { subject: 'alice', username: 'alice', email: null, emailVerified: null, name: null };
    expect(await saml.finish(config, here, callback)).toEqual({ ...claims, once: '_assertion' });
    // The caller rejects a replay by `once`, because another process may have accepted the first response.
    expect(await saml.finish(config, here, callback)).toMatchObject({ once: '_assertion' });
  });

  test.each<[string, Partial<Said>]>([
    ['is from another provider', { issuer: 'urn:test:other' }],
    ['has another Destination', { destination: ' Destination="http://localhost:9190/other"' }],
    ['has no Destination', { destination: '' }],
    ['has another Recipient', { recipient: ' Recipient="http://localhost:9190/other"' }],
    ['has no Recipient', { recipient: '' }],
    ['has another audience', { audience: audience('urn:test:other') }],
    [
      'has two audience restrictions, one of them for another service',
      { audience: audience(here.metadataUrl) + audience('urn:other') },
    ],
    ['has no audience', { audience: '' }],
    ['responds to another request', { inResponseTo: ' InResponseTo="_other"' }],
    ['responds to no request', { inResponseTo: '' }],
    ['has an assertion for another request', { confirmedFor: ' InResponseTo="_other"' }],
    ['has an assertion for no request', { confirmedFor: '' }],
    ['has another confirmation method than bearer', { method: 'urn:oasis:names:tc:SAML:2.0:cm:sender-vouches' }],
    ['has an expired confirmation', { confirmedUntil: ` NotOnOrAfter="${minutes(-2)}"` }],
    ['has a confirmation without expiry', { confirmedUntil: '' }],
    [
      'has a confirmation that is not valid yet',
      { confirmedUntil: ` NotBefore="${minutes(2)}" NotOnOrAfter="${minutes(5)}"` },
    ],
    ['has expired conditions', { valid: ` NotOnOrAfter="${minutes(-2)}"` }],
    ['has conditions that are not valid yet', { valid: ` NotBefore="${minutes(2)}" NotOnOrAfter="${minutes(5)}"` }],
    ['was issued long ago', { issued: minutes(-7) }],
    ['has an invalid time', { confirmedUntil: ' NotOnOrAfter="tomorrow"' }],
    ['has an unsigned assertion', { assertionIsSigned: false }],
    ['has no signature', { assertionIsSigned: false, responseIsSigned: false }],
  ])('is rejected if it %s', async (_, said) => {
    await expect(finish(said)).rejects.toMatchObject({ reason: 'invalid_answer' });
  });

  test('must be signed as a whole, unless response_signed is off', async () => {
    await expect(finish({ responseIsSigned: false })).rejects.toMatchObject({ reason: 'invalid_answer' });
    const lax = { response_signed: false };
    expect(await finish({ responseIsSigned: false, destination: '' }, lax)).toMatchObject({ subject: 'alice' });
    for (const said of [
      { responseIsSigned: false, destination: ' Destination="http://localhost:9190/other"' },
      { responseIsSigned: false, recipient: ' Recipient="http://localhost:9190/other"' },
      { responseIsSigned: false, confirmedFor: ' InResponseTo="_other"' },
      { responseIsSigned: true, assertionIsSigned: false },
    ])
      await expect(finish(said, lax)).rejects.toMatchObject({ reason: 'invalid_answer' });
  });

  test('may have times that differ by less than a minute', async () => {
    const said = {
      confirmedUntil: ` NotOnOrAfter="${minutes(-0.9)}"`,
      valid: ` NotBefore="${minutes(0.9)}" NotOnOrAfter="${minutes(5)}"`,
    };
    expect(await finish(said)).toMatchObject({ subject: 'alice' });
  });

  test('expires by the given clock and by the system clock', async () => {
    const callback = idp.answer(await begin(), here, { confirmedUntil: ` NotOnOrAfter="${minutes(60)}"` });
    const at = (later: number) => ({ ...here, now: new Date(Date.now() + later * 60_000) });
    expect(await saml.finish(config, at(5.5), callback)).toMatchObject({ subject: 'alice' });
    await expect(saml.finish(config, at(6.5), callback)).rejects.toMatchObject({ reason: 'invalid_answer' });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 6.5 * 60_000 });
    try {
      await expect(saml.finish(config, here, callback)).rejects.toMatchObject({ reason: 'invalid_answer' });
    } finally {
      vi.useRealTimers();
    }
  });

  test('is accepted only in the browser that started the sign-in', async () => {
    const [mine, theirs] = [idp.answer(await begin(), here), idp.answer(await begin(), here)];
    const mixed = [
      { begun: theirs.begun, answer: mine.answer },
      { begun: { ...theirs.begun, state: mine.begun.state }, answer: mine.answer },
      { begun: mine.begun, answer: new URLSearchParams({ SAMLResponse: mine.answer.get('SAMLResponse') ?? '' }) },
    ];
    for (const callback of mixed)
      await expect(saml.finish(config, here, callback)).rejects.toMatchObject({ reason: 'invalid_answer' });
  });

  test('fails with refused if it reports a failure, signed or not', async () => {
    const no = { status: 'urn:oasis:names:tc:SAML:2.0:status:Responder' };
    await expect(finish(no)).rejects.toMatchObject({ reason: 'refused' });
    await expect(finish({ ...no, responseIsSigned: false })).rejects.toMatchObject({ reason: 'refused' });
  });

  test.each(['LogoutResponse', 'LogoutRequest', 'ArtifactResponse'])('is rejected as a %s', async (root) => {
    const callback = idp.answer(await begin(), here);
    const other = withXml(callback, xmlOf(callback).replaceAll('samlp:Response', `samlp:${root}`));
    await expect(saml.finish(config, here, other)).rejects.toMatchObject({ reason: 'invalid_answer' });
  });

  test('needs a NameID that is neither transient nor empty', async () => {
    const nameId = (format: string, name = 'alice') =>
      `<saml:NameID Format="urn:oasis:names:tc:SAML:${format}">${name}</saml:NameID>`;
    const transient = finish({ nameId: nameId('2.0:nameid-format:transient') });
    await expect(transient).rejects.toMatchObject({ reason: 'misconfigured' });
    for (const nobody of [
      '',
      '<saml:NameID></saml:NameID>',
      '<saml:NameID> </saml:NameID>',
      `<saml:NameID>${'a'.repeat(1001)}</saml:NameID>`,
    ])
      await expect(finish({ nameId: nobody })).rejects.toMatchObject({ reason: 'missing_attribute' });
    const persistent = finish({ nameId: nameId('2.0:nameid-format:persistent', '\n  a&amp;b\n') });
    expect(await persistent).toMatchObject({ subject: 'a&b' });
  });

  test.each(['alice\u00A0', '\u2003alice', 'alice\uFEFF', 'alice\u3000', 'Alice'])(
    'keeps the NameID %j apart from alice',
    async (name) => {
      expect(await finish({ nameId: `<saml:NameID>${name}</saml:NameID>` })).toMatchObject({ subject: name });
    },
  );

  test('takes the subject from the NameID, not from an attribute of the same name', async () => {
    const attributes = ['nameID', 'nameQualifier', 'nameIDFormat'].map(
      (name) => `<saml:Attribute Name="${name}"><saml:AttributeValue>eve</saml:AttributeValue></saml:Attribute>`,
    );
    const said = { attributes: attributes.join('') };
    expect(await finish(said)).toMatchObject({ subject: 'alice' });
    await expect(finish({ ...said, nameId: '' })).rejects.toMatchObject({ reason: 'missing_attribute' });
  });

  test('keeps a NameID with other qualifiers apart', async () => {
    const named = async (qualifiers: string, name = 'alice') => {
      const { subject } = await finish({ nameId: `<saml:NameID${qualifiers}>${name}</saml:NameID>` });
      return subject;
    };
    const [ours, theirs] = [`SPNameQualifier="${here.metadataUrl}"`, 'NameQualifier="urn:test:own"'];
    for (const usual of ['', ` ${theirs}`, ` ${ours}`, ` ${theirs} ${ours}`]) expect(await named(usual)).toBe('alice');
    const others = [
      ' NameQualifier="urn:a"',
      ' SPNameQualifier="urn:a"',
      ' NameQualifier="urn:a" SPNameQualifier="urn:b"',
      ' NameQualifier="urn:ab" SPNameQualifier="urn:b"',
      ` NameQualifier="${here.metadataUrl}"`,
      ' SPNameQualifier="urn:test:own"',
      ' Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" NameQualifier="urn:c"',
    ];
    const subjects = await Promise.all(others.map((qualifiers) => named(qualifiers)));
    expect(new Set(['alice', ...subjects]).size).toBe(others.length + 1);
    expect(await named(` ${theirs} SPNameQualifier="urn:a"`)).toBe(subjects[1]);
    await expect(named(' NameQualifier="a&#xA;b"')).rejects.toMatchObject({ reason: 'invalid_answer' });
  });

  test('fills the fields from the configured attributes', async () => {
    const attribute = (name: string, ...values: string[]) =>
      `<saml:Attribute Name="${name}">${values.map((value) => `<saml:AttributeValue>${value}</saml:AttributeValue>`).join('')}</saml:Attribute>`;
    const attributes = [
      attribute('nameID', 'eve'),
      attribute('__proto__', 'eve'),
      attribute('urn:oid:0.9.2342.19200300.100.1.3', 'alice@example.com', 'a@example.com'),
      attribute('displayName', ' Alice '),
      attribute('cn', ''),
      attribute('long', 'x'.repeat(1001)),
      attribute('nested', '<saml:NameID>eve</saml:NameID>'),
    ].join('');
    const usual = { subject: 'alice', username: null, email: 'alice@example.com', name: 'Alice' };
    expect(await finish({ attributes })).toMatchObject(usual);
    const named = (username: string) => finish({ attributes }, { attributes: { username, email: 'mail' } });
    expect(await named('displayName')).toMatchObject({ username: 'Alice', email: null, name: 'Alice' });
    for (const none of ['issuer', 'long', 'nested', 'constructor'])
      expect(await named(none)).toMatchObject({ username: null });
  });
});
