import type { SamlConfig } from '@gatehouse/contract/login-option-config';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { saml } from './saml.ts';
import { idpOf } from './saml.idp.ts';
import { encryptedFor } from './testing/encrypted-for.ts';
import { type KeyPair, makeKeyPair } from '@gatehouse/testing/key-pair';
import { minutes, type OwnIdp, ownIdp, type Said } from './testing/own-idp.ts';
import { hasPrograms } from '@gatehouse/testing/programs';
import { hereOf, samlConfig } from './testing/saml-login.ts';

const here = hereOf('kinds');
const A = 'urn:oasis:names:tc:SAML:2.0:assertion';

describe.skipIf(!hasPrograms('openssl'))('variants of SAML responses and metadata', () => {
  let idp: OwnIdp;
  let keys: KeyPair;
  let config: SamlConfig;
  beforeAll(() => {
    idp = ownIdp();
    keys = makeKeyPair('portal');
    config = samlConfig({ idp_metadata: idp.metadata, certificate: keys.certificate, private_key: keys.privateKey });
  });
  const finish = async (said: Partial<Said>, by = config) => {
    const { begun } = await saml.begin(by, here);
    const came = { begun, answer: new URLSearchParams({ RelayState: begun.state }), postedTo: here.callbackUrl };
    return saml.finish(by, here, idp.answer(came, here, said));
  };

  describe('an EncryptedID', () => {
    const id = (text: string, certificate = keys.certificate) => encryptedFor(certificate, text, 'EncryptedID');
    const named = (name: string, attributes = '') =>
      `<saml:NameID xmlns:saml="${A}"${attributes}>${name}</saml:NameID>`;

    test('identifies the person as a plain NameID does', async () => {
      expect(await finish({ nameId: id(named('alice')) })).toMatchObject({ subject: 'alice' });
      expect(await finish({ nameId: id(named('a&amp;b')) })).toMatchObject({ subject: 'a&b' });
      const qualified = ' NameQualifier="urn:other"';
      const plain = await finish({ nameId: `<saml:NameID${qualified}>alice</saml:NameID>` });
      expect((await finish({ nameId: id(named('alice', qualified)) })).subject).toBe(plain.subject);
      const transient = ' Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient"';
      const refused = finish({ nameId: id(named('alice', transient)) });
      await expect(refused).rejects.toMatchObject({ reason: 'misconfigured' });
    });

    test('needs the private key that it is encrypted for', async () => {
      const without = samlConfig({ idp_metadata: idp.metadata });
      const message = expect.stringContaining('private_key');
      const encrypted = { nameId: id(named('alice')) };
      await expect(finish(encrypted, without)).rejects.toMatchObject({ reason: 'misconfigured', message });
      const other = { nameId: id(named('alice'), makeKeyPair('other').certificate) };
      await expect(finish(other)).rejects.toMatchObject({ reason: 'invalid_answer' });
    });

    test.each<[string, (once: string) => string]>([
      ['next to another', (once) => once + once],
      ['next to a NameID', (once) => `<saml:NameID>eve</saml:NameID>${once}`],
      ['that contains an assertion', () => id(`<saml:Assertion xmlns:saml="${A}"></saml:Assertion>`)],
      ['that contains text', () => id('alice')],
      ['that contains two names', () => id(named('alice') + named('eve'))],
      ['with a document type', () => id(`<!DOCTYPE x [<!ENTITY a "eve">]>${named('&a;')}`)],
      ['with too many attributes', () => id(named('alice', ' a="1"'.repeat(6000)))],
    ])('is rejected %s', async (_, change) => {
      const answer = finish({ nameId: change(id(named('alice'))) });
      await expect(answer).rejects.toMatchObject({ reason: 'invalid_answer' });
    });

    test('is not decrypted if the assertion is not signed', async () => {
      const said = { nameId: id(named('alice')), assertionIsSigned: false };
      await expect(finish(said)).rejects.toMatchObject({ reason: 'invalid_answer' });
    });
  });

  describe('a time without a zone', () => {
    const zone = process.env['TZ'];
    afterEach(() => {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    });
    const bare = (from: number): string => minutes(from).replace('Z', '');
    const times = (from: number, until: number): Partial<Said> => ({
      issued: bare(0),
      confirmedUntil: ` NotOnOrAfter="${bare(until)}"`,
      valid: ` NotBefore="${bare(from)}" NotOnOrAfter="${bare(until)}"`,
    });

    test.each(['Pacific/Auckland', 'America/Los_Angeles', 'UTC'])('is UTC on a machine in %s', async (machine) => {
      process.env['TZ'] = machine;
      expect(await finish(times(-1, 5))).toMatchObject({ subject: 'alice' });
      for (const [from, until] of [
        [-5, -2],
        [2, 5],
      ] as const)
        await expect(finish(times(from, until))).rejects.toMatchObject({ reason: 'invalid_answer' });
    });

    test('accepts a time with a zone, and rejects an invalid time', async () => {
      const later = new Date(Date.now() + 5 * 60_000 + 3_600_000).toISOString().replace('Z', '+01:00');
      expect(await finish({ confirmedUntil: ` NotOnOrAfter="${later}"` })).toMatchObject({ subject: 'alice' });
      for (const none of ['2999', '2999-01-01', 'Jan 1 2999', '9999999999999'])
        await expect(finish({ confirmedUntil: ` NotOnOrAfter="${none}"` })).rejects.toMatchObject({
          reason: 'invalid_answer',
        });
    });
  });

  test('posts a form to a provider that supports only HTTP-POST, and signs the request if configured', async () => {
    const idp_metadata = idp.metadata.replace(/<SingleSignOnService[^>]*HTTP-Redirect[^>]*>/, '');
    const requestOf = async (more: object) => {
      const { url, begun, form } = await saml.begin(samlConfig({ ...config, idp_metadata, ...more }), here);
      expect({ url, relay: form?.['RelayState'] }).toEqual({
        url: 'https://idp.example.com/sso/post',
        relay: begun.state,
      });
      return Buffer.from(form?.['SAMLRequest'] ?? '', 'base64').toString();
    };
    expect(await requestOf({})).not.toContain('Signature');
    expect(await requestOf({ sign_request: true })).toMatch(/^<.*rsa-sha256.*<\/samlp:AuthnRequest>$/s);
    expect((await saml.begin(config, here)).form).toBeUndefined();
  });

  describe('metadata in lists', () => {
    const parsed = (text: string) => idpOf(samlConfig({ idp_metadata: text }), here);
    const entity = () => idp.metadata.slice(idp.metadata.indexOf('<EntityDescriptor'));
    const list = (...content: string[]): string => `<EntitiesDescriptor>${content.join('')}</EntitiesDescriptor>`;
    const service = '<EntityDescriptor entityID="urn:sp"><SPSSODescriptor/></EntityDescriptor>';

    test('is found at any depth', async () => {
      const { entityId } = await parsed(entity());
      for (const text of [list(entity()), list(list(service), list(service, list(entity()), list()))])
        expect((await parsed(text)).entityId).toBe(entityId);
    });

    test('is rejected with several providers, without a provider, or when nested too deeply', async () => {
      const deep = Array.from({ length: 6000 }).reduce<string>((inner) => list(inner), entity());
      for (const text of [list(entity(), list(entity())), list(list(service)), list(), deep])
        await expect(parsed(text)).rejects.toMatchObject({ reason: 'misconfigured' });
    });
  });
});
