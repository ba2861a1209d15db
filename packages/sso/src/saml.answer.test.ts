import type { SamlConfig } from '@gatehouse/contract/login-option-config';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { saml } from './saml.ts';
import { minutes, type OwnIdp, ownIdp, type Said } from './testing/own-idp.ts';
import { hasPrograms } from '@gatehouse/testing/programs';
import { type Came, hereOf, samlConfig, withXml, xmlOf } from './testing/saml-login.ts';

const here = hereOf('own');
const ACS = here.callbackUrl;
const audience = (...names: string[]) =>
  `<saml:AudienceRestriction>${names.map((name) => `<saml:Audience>${name}</saml:Audience>`).join('')}</saml:AudienceRestriction>`;

describe.skipIf(!hasPrograms('openssl'))('an answer that is signed rightly', () => {
  let idp: OwnIdp;
  let config: SamlConfig;
  beforeAll(() => {
    idp = ownIdp();
    config = samlConfig({ idp_metadata: idp.metadata });
  });
  const begin = async (): Promise<Came> => {
    const { begun } = await saml.begin(config, here);
    return { begun, answer: new URLSearchParams({ RelayState: begun.state }), postedTo: ACS };
  };
  const finish = async (said: Partial<Said>, more: object = {}) => {
    const came = await begin();
    return saml.finish({ ...config, ...more }, here, idp.answer(came, here, said));
  };

  test('counts, once', async () => {
    const came = idp.answer(await begin(), here);
    const claims = { subject: 'alice', username: 'alice', email: null, emailVerified: null, name: null };
    expect(await saml.finish(config, here, came)).toEqual({ ...claims, once: '_assertion' });
    // A second one is refused by who keeps `once`: by another process, perhaps.
    expect(await saml.finish(config, here, came)).toMatchObject({ once: '_assertion' });
  });

  test.each<[string, Partial<Said>]>([
    ['from another provider', { issuer: 'urn:test:other' }],
    ['to another address', { destination: ' Destination="http://localhost:9190/other"' }],
    ['to no address', { destination: '' }],
    ['for another recipient', { recipient: ' Recipient="http://localhost:9190/other"' }],
    ['for no recipient', { recipient: '' }],
    ['for another audience', { audience: audience('urn:test:other') }],
    ['for two audiences, each of which must be ours', { audience: audience(here.metadataUrl) + audience('urn:other') }],
    ['for no audience', { audience: '' }],
    ['to another request', { inResponseTo: ' InResponseTo="_other"' }],
    ['that was not asked for', { inResponseTo: '' }],
    ['whose assertion is to another request', { confirmedFor: ' InResponseTo="_other"' }],
    ['whose assertion was not asked for', { confirmedFor: '' }],
    ['whose bearer is not meant', { method: 'urn:oasis:names:tc:SAML:2.0:cm:sender-vouches' }],
    ['confirmed until a while ago', { confirmedUntil: ` NotOnOrAfter="${minutes(-2)}"` }],
    ['confirmed for ever', { confirmedUntil: '' }],
    ['confirmed from later on', { confirmedUntil: ` NotBefore="${minutes(2)}" NotOnOrAfter="${minutes(5)}"` }],
    ['valid until a while ago', { valid: ` NotOnOrAfter="${minutes(-2)}"` }],
    ['valid from later on', { valid: ` NotBefore="${minutes(2)}" NotOnOrAfter="${minutes(5)}"` }],
    ['issued long ago', { issued: minutes(-7) }],
    ['with a time that is none', { confirmedUntil: ' NotOnOrAfter="tomorrow"' }],
    ['without a signed assertion', { assertionIsSigned: false }],
    ['without a signature', { assertionIsSigned: false, responseIsSigned: false }],
  ])('does not count %s', async (_, said) => {
    await expect(finish(said)).rejects.toMatchObject({ reason: 'invalid_answer' });
  });

  test('is signed as a whole, unless the configuration says that the assertion is enough', async () => {
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

  test('may come from a clock that differs by less than a minute', async () => {
    const said = {
      confirmedUntil: ` NotOnOrAfter="${minutes(-0.9)}"`,
      valid: ` NotBefore="${minutes(0.9)}" NotOnOrAfter="${minutes(5)}"`,
    };
    expect(await finish(said)).toMatchObject({ subject: 'alice' });
  });

  test('grows old, by the clock that is given and by that of the machine', async () => {
    const came = idp.answer(await begin(), here, { confirmedUntil: ` NotOnOrAfter="${minutes(60)}"` });
    const at = (later: number) => ({ ...here, now: new Date(Date.now() + later * 60_000) });
    expect(await saml.finish(config, at(5.5), came)).toMatchObject({ subject: 'alice' });
    await expect(saml.finish(config, at(6.5), came)).rejects.toMatchObject({ reason: 'invalid_answer' });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 6.5 * 60_000 });
    try {
      await expect(saml.finish(config, here, came)).rejects.toMatchObject({ reason: 'invalid_answer' });
    } finally {
      vi.useRealTimers();
    }
  });

  test('counts in the browser alone that began the sign-in', async () => {
    const [mine, theirs] = [idp.answer(await begin(), here), idp.answer(await begin(), here)];
    const mixed = [
      { begun: theirs.begun, answer: mine.answer },
      { begun: { ...theirs.begun, state: mine.begun.state }, answer: mine.answer },
      { begun: mine.begun, answer: new URLSearchParams({ SAMLResponse: mine.answer.get('SAMLResponse') ?? '' }) },
    ];
    for (const came of mixed)
      await expect(saml.finish(config, here, came)).rejects.toMatchObject({ reason: 'invalid_answer' });
  });

  test('and says no is a refusal, signed or not', async () => {
    const no = { status: 'urn:oasis:names:tc:SAML:2.0:status:Responder' };
    await expect(finish(no)).rejects.toMatchObject({ reason: 'refused' });
    await expect(finish({ ...no, responseIsSigned: false })).rejects.toMatchObject({ reason: 'refused' });
  });

  test.each(['LogoutResponse', 'LogoutRequest', 'ArtifactResponse'])('is no %s', async (root) => {
    const came = idp.answer(await begin(), here);
    const other = withXml(came, xmlOf(came).replaceAll('samlp:Response', `samlp:${root}`));
    await expect(saml.finish(config, here, other)).rejects.toMatchObject({ reason: 'invalid_answer' });
  });

  test('names somebody, by what stays theirs', async () => {
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
    'names %j, who is not alice',
    async (name) => {
      expect(await finish({ nameId: `<saml:NameID>${name}</saml:NameID>` })).toMatchObject({ subject: name });
    },
  );

  test('names somebody by the NameID alone, not by an attribute that is called so', async () => {
    const attributes = ['nameID', 'nameQualifier', 'nameIDFormat'].map(
      (name) => `<saml:Attribute Name="${name}"><saml:AttributeValue>eve</saml:AttributeValue></saml:Attribute>`,
    );
    const said = { attributes: attributes.join('') };
    expect(await finish(said)).toMatchObject({ subject: 'alice' });
    await expect(finish({ ...said, nameId: '' })).rejects.toMatchObject({ reason: 'missing_attribute' });
  });

  test('names another where another than the provider gave the name, or to another than us', async () => {
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

  test('fills the fields from the attributes that the configuration names', async () => {
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
