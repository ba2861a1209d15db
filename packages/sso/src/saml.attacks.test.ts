import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saml, samlMetadata } from './saml.ts';
import { type KeyPair, makeKeyPair } from '@gatehouse/testing/key-pair';
import { type Llng, LLNG_PROGRAMS, startLlng } from '@gatehouse/testing/llng';
import { hasPrograms } from '@gatehouse/testing/programs';
import { type Came, hereOf, samlConfig, signInAt, withXml, xmlOf } from './testing/saml-login.ts';

const PERSON = 'dwho@badwolf.org';
const NO_KEYS = { privateKey: '', certificate: '' };
const ASSERTION = /<saml:Assertion .*<\/saml:Assertion>/s;
const SIGNATURE = /<Signature .*?<\/Signature>/s;
const part = (xml: string, what: RegExp): string => what.exec(xml)?.[0] ?? '';
const assertionOf = (xml: string): string => part(xml, ASSERTION);
const unsigned = (xml: string): string => xml.replace(SIGNATURE, '');
const evil = (xml: string, id = '_evil'): string =>
  unsigned(xml)
    .replaceAll(PERSON, 'admin@badwolf.org')
    .replace(/ ID="[^"]*"/, ` ID="${id}"`);
const idOf = (xml: string): string => part(xml, / ID="[^"]*"/).slice(5, -1);
/** The whole answer is no longer signed, so that the assertion in it can be tried alone. */
const withAssertion = (xml: string, of: (assertion: string) => string): string =>
  unsigned(xml).replace(ASSERTION, (assertion) => of(assertion));
const inSignature = (xml: string, added: string): string =>
  xml.replace('</Signature>', `<Object>${added}</Object></Signature>`);

const ATTACKS: [string, (xml: string) => string][] = [
  ['another NameID', (xml) => xml.replaceAll(PERSON, 'admin@badwolf.org')],
  [
    'more in the NameID behind a comment',
    (xml) => xml.replace(`${PERSON}</saml:NameID>`, `${PERSON}<!-- -->.evil</saml:NameID>`),
  ],
  ['another attribute', (xml) => xml.replace('>dwho<', '>rtyler<')],
  ['no signature at all', (xml) => withAssertion(xml, unsigned)],
  ['no signature of the assertion', (xml) => xml.replace(ASSERTION, unsigned)],
  [
    'XSW1: a copy of the answer in its signature',
    (xml) => inSignature(evil(xml).replace(SIGNATURE, part(xml, SIGNATURE)), unsigned(xml)),
  ],
  [
    'XSW1: with its signature',
    (xml) => evil(xml).replace('<samlp:Status>', `${inSignature(part(xml, SIGNATURE), unsigned(xml))}<samlp:Status>`),
  ],
  [
    'XSW2: a copy of the answer beside its signature',
    (xml) => evil(xml).replace('<samlp:Status>', `${unsigned(xml)}${part(xml, SIGNATURE)}<samlp:Status>`),
  ],
  ['XSW3: another assertion before', (xml) => withAssertion(xml, (assertion) => evil(assertion) + assertion)],
  ['another assertion behind', (xml) => withAssertion(xml, (assertion) => assertion + evil(assertion))],
  [
    'XSW4: an assertion around',
    (xml) =>
      withAssertion(xml, (assertion) => evil(assertion).replace('</saml:Assertion>', `${assertion}</saml:Assertion>`)),
  ],
  [
    'XSW5: a signature that is of another assertion',
    (xml) =>
      withAssertion(
        xml,
        (assertion) =>
          evil(assertion).replace('<saml:Subject>', `${part(assertion, SIGNATURE)}<saml:Subject>`) +
          unsigned(assertion),
      ),
  ],
  [
    'XSW6: the assertion in its signature',
    (xml) =>
      withAssertion(xml, (assertion) =>
        evil(assertion).replace(
          '<saml:Subject>',
          `${inSignature(part(assertion, SIGNATURE), unsigned(assertion))}<saml:Subject>`,
        ),
      ),
  ],
  [
    'XSW7: the assertion in an extension',
    (xml) =>
      withAssertion(xml, (assertion) => evil(assertion)).replace(
        '<samlp:Status>',
        `<samlp:Extensions>${assertionOf(xml)}</samlp:Extensions><samlp:Status>`,
      ),
  ],
  [
    'XSW7: the answer in an extension',
    (xml) => evil(xml).replace('<samlp:Status>', `<samlp:Extensions>${xml}</samlp:Extensions><samlp:Status>`),
  ],
  [
    'XSW8: the assertion in an object of the signature of another',
    (xml) =>
      withAssertion(xml, (assertion) =>
        inSignature(
          evil(assertion).replace('<saml:Subject>', `${part(assertion, SIGNATURE)}<saml:Subject>`),
          unsigned(assertion),
        ),
      ),
  ],
  [
    'two assertions of one ID, another first',
    (xml) => xml.replace(ASSERTION, (assertion) => evil(assertion, idOf(assertion)) + assertion),
  ],
  [
    'two assertions of one ID, another last',
    (xml) => withAssertion(xml, (assertion) => assertion + evil(assertion, idOf(assertion))),
  ],
  ['an HMAC of the certificate', (xml) => xml.replaceAll('xmldsig-more#rsa-sha256', 'xmldsig-more#hmac-sha256')],
  [
    'an HMAC, by its older name',
    (xml) => xml.replaceAll('2001/04/xmldsig-more#rsa-sha256', '2000/09/xmldsig#hmac-sha1'),
  ],
  [
    'two SignedInfo (CVE-2025-29774)',
    (xml) => xml.replaceAll('</SignedInfo>', '</SignedInfo><SignedInfo></SignedInfo>'),
  ],
  ['two SignedInfo, another first', (xml) => xml.replaceAll('<SignedInfo>', '<SignedInfo></SignedInfo><SignedInfo>')],
  [
    'a comment in the digest (CVE-2025-29775)',
    (xml) => xml.replaceAll('<DigestValue>', '<DigestValue><!--x-->').replaceAll(PERSON, 'admin@badwolf.org'),
  ],
  [
    'a third transform',
    (xml) =>
      xml.replaceAll('</Transforms>', '<Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></Transforms>'),
  ],
  ['a document type', (xml) => `<!DOCTYPE r>${xml}`],
  ['an entity that nobody uses', (xml) => `<!DOCTYPE r [<!ENTITY x "admin">]>${xml}`],
  [
    'an entity from outside',
    (xml) => `<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>${xml.replace('Doctor', '&x;')}`,
  ],
  [
    'entities that grow',
    (xml) =>
      `<!doctype r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "${'&a;'.repeat(10)}"><!ENTITY c "${'&b;'.repeat(10)}">]>${xml.replace('Doctor', '&c;')}`,
  ],
  ['two roots', (xml) => xml + xml],
  ['a second root that is another', (xml) => evil(xml) + xml],
  ['no assertion', (xml) => unsigned(xml).replace(ASSERTION, '')],
  ['an assertion alone', assertionOf],
  ['half of it', (xml) => xml.slice(0, xml.length / 2)],
  [
    'a depth that fills the stack',
    (xml) => xml.replace('<samlp:Status>', `${'<a>'.repeat(20_000)}${'</a>'.repeat(20_000)}<samlp:Status>`),
  ],
  ['more than anybody sends', (xml) => xml.replace('<samlp:Status>', `<!--${'x'.repeat(262_144)}--><samlp:Status>`)],
  ['UTF-16', (xml) => `\uFEFF${[...xml].join('\0')}`],
  ['text', () => 'hello'],
  ['nothing', () => ''],
];

describe.skipIf(!hasPrograms(...LLNG_PROGRAMS))('an answer of LemonLDAP::NG', () => {
  const here = hereOf('attacked');
  let [llng, keys, idp_metadata, came]: [Llng | null, KeyPair, string, Came | null] = [null, NO_KEYS, '-', null];
  const config = (more: object) =>
    samlConfig({
      certificate: keys.certificate,
      private_key: keys.privateKey,
      sign_request: true,
      idp_metadata,
      ...more,
    });
  const genuine = (): Came => {
    if (!came) throw new Error('nobody has signed in');
    return came;
  };
  beforeAll(async () => {
    keys = makeKeyPair('portal');
    llng = await startLlng({ saml: { sps: [{ metadata: samlMetadata(config({}), here) }] } });
    idp_metadata = await (await fetch(`${llng.url}saml/metadata`)).text();
    came = await signInAt(config({}), here, { user: 'dwho', password: 'dwho' });
  });
  afterAll(() => llng?.[Symbol.asyncDispose]());

  describe.each([{ response_signed: true }, { response_signed: false }])('with %o', (policy) => {
    const finish = (xml: string) => saml.finish(config(policy), here, withXml(genuine(), xml));

    test('is taken as it is', async () => {
      const person = { subject: PERSON, username: 'dwho', email: PERSON, name: 'Doctor Who' };
      expect(await finish(xmlOf(genuine()))).toMatchObject(person);
      expect(await finish(xmlOf(genuine()).replace('dwho@', 'dwho@<!-- harmless -->'))).toMatchObject(person);
    });

    test.each(ATTACKS)('is refused with %s', async (_, change) => {
      const xml = xmlOf(genuine());
      const changed = change(xml);
      expect(changed).not.toBe(xml);
      await expect(finish(changed)).rejects.toMatchObject({ reason: 'invalid_answer' });
    });

    test('without the signature of the whole is taken only where that is not asked for', async () => {
      const stripped = finish(unsigned(xmlOf(genuine())));
      if (policy.response_signed) await expect(stripped).rejects.toMatchObject({ reason: 'invalid_answer' });
      else expect(await stripped).toMatchObject({ subject: PERSON });
    });

    test('is refused with the keys of another', async () => {
      const other = idp_metadata.replaceAll(
        /(X509Certificate>)[^<]+/g,
        `$1${keys.certificate.replaceAll(/-----.*-----/g, '')}`,
      );
      const answer = saml.finish(config({ ...policy, idp_metadata: other }), here, genuine());
      await expect(answer).rejects.toMatchObject({ reason: 'invalid_answer' });
    });
  });
});
