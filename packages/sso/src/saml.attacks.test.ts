import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saml, samlMetadata } from './saml.ts';
import { type KeyPair, makeKeyPair } from '@gatehouse/testing/key-pair';
import { type Llng, LLNG_PROGRAMS, startLlng } from '@gatehouse/testing/llng';
import { hasPrograms } from '@gatehouse/testing/programs';
import { type ProviderCallback, hereOf, samlConfig, signInAt, withXml, xmlOf } from './testing/saml-login.ts';

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
/** Removes the signature of the response, so that only the signature of its assertion is tested. */
const withAssertion = (xml: string, of: (assertion: string) => string): string =>
  unsigned(xml).replace(ASSERTION, (assertion) => of(assertion));
const inSignature = (xml: string, added: string): string =>
  xml.replace('</Signature>', `<Object>${added}</Object></Signature>`);

const ATTACKS: [string, (xml: string) => string][] = [
  ['another NameID', (xml) => xml.replaceAll(PERSON, 'admin@badwolf.org')],
  [
    'more text after a comment in the NameID',
    (xml) => xml.replace(`${PERSON}</saml:NameID>`, `${PERSON}<!-- -->.evil</saml:NameID>`),
  ],
  ['another attribute', (xml) => xml.replace('>dwho<', '>rtyler<')],
  ['no signature at all', (xml) => withAssertion(xml, unsigned)],
  ['no signature of the assertion', (xml) => xml.replace(ASSERTION, unsigned)],
  [
    'XSW1: a copy of the response in its signature',
    (xml) => inSignature(evil(xml).replace(SIGNATURE, part(xml, SIGNATURE)), unsigned(xml)),
  ],
  [
    'XSW1: a copy of the response with its signature',
    (xml) => evil(xml).replace('<samlp:Status>', `${inSignature(part(xml, SIGNATURE), unsigned(xml))}<samlp:Status>`),
  ],
  [
    'XSW2: a copy of the response next to its signature',
    (xml) => evil(xml).replace('<samlp:Status>', `${unsigned(xml)}${part(xml, SIGNATURE)}<samlp:Status>`),
  ],
  [
    'XSW3: another assertion before the signed one',
    (xml) => withAssertion(xml, (assertion) => evil(assertion) + assertion),
  ],
  ['another assertion after the signed one', (xml) => withAssertion(xml, (assertion) => assertion + evil(assertion))],
  [
    'XSW4: another assertion around the signed one',
    (xml) =>
      withAssertion(xml, (assertion) => evil(assertion).replace('</saml:Assertion>', `${assertion}</saml:Assertion>`)),
  ],
  [
    'XSW5: the signature of another assertion',
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
    'XSW7: the response in an extension',
    (xml) => evil(xml).replace('<samlp:Status>', `<samlp:Extensions>${xml}</samlp:Extensions><samlp:Status>`),
  ],
  [
    'XSW8: the assertion in a signature object of another assertion',
    (xml) =>
      withAssertion(xml, (assertion) =>
        inSignature(
          evil(assertion).replace('<saml:Subject>', `${part(assertion, SIGNATURE)}<saml:Subject>`),
          unsigned(assertion),
        ),
      ),
  ],
  [
    'two assertions with the same ID, the forged one first',
    (xml) => xml.replace(ASSERTION, (assertion) => evil(assertion, idOf(assertion)) + assertion),
  ],
  [
    'two assertions with the same ID, the forged one last',
    (xml) => withAssertion(xml, (assertion) => assertion + evil(assertion, idOf(assertion))),
  ],
  [
    'an HMAC keyed with the certificate',
    (xml) => xml.replaceAll('xmldsig-more#rsa-sha256', 'xmldsig-more#hmac-sha256'),
  ],
  [
    'an HMAC under its older algorithm name',
    (xml) => xml.replaceAll('2001/04/xmldsig-more#rsa-sha256', '2000/09/xmldsig#hmac-sha1'),
  ],
  [
    'two SignedInfo (CVE-2025-29774)',
    (xml) => xml.replaceAll('</SignedInfo>', '</SignedInfo><SignedInfo></SignedInfo>'),
  ],
  [
    'two SignedInfo, an empty one first',
    (xml) => xml.replaceAll('<SignedInfo>', '<SignedInfo></SignedInfo><SignedInfo>'),
  ],
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
  ['an unused entity', (xml) => `<!DOCTYPE r [<!ENTITY x "admin">]>${xml}`],
  [
    'an external entity',
    (xml) => `<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>${xml.replace('Doctor', '&x;')}`,
  ],
  [
    'entities that expand exponentially',
    (xml) =>
      `<!doctype r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "${'&a;'.repeat(10)}"><!ENTITY c "${'&b;'.repeat(10)}">]>${xml.replace('Doctor', '&c;')}`,
  ],
  ['two roots', (xml) => xml + xml],
  ['a forged root before the signed one', (xml) => evil(xml) + xml],
  ['no assertion', (xml) => unsigned(xml).replace(ASSERTION, '')],
  ['an assertion without a response', assertionOf],
  ['a truncated response', (xml) => xml.slice(0, xml.length / 2)],
  [
    'very deep nesting',
    (xml) => xml.replace('<samlp:Status>', `${'<a>'.repeat(20_000)}${'</a>'.repeat(20_000)}<samlp:Status>`),
  ],
  ['a very long comment', (xml) => xml.replace('<samlp:Status>', `<!--${'x'.repeat(262_144)}--><samlp:Status>`)],
  ['UTF-16', (xml) => `\uFEFF${[...xml].join('\0')}`],
  ['text', () => 'hello'],
  ['nothing', () => ''],
];

describe.skipIf(!hasPrograms(...LLNG_PROGRAMS))('a response from LemonLDAP::NG', () => {
  const here = hereOf('attacked');
  let [llng, keys, idp_metadata, callback]: [Llng | null, KeyPair, string, ProviderCallback | null] = [
    null,
    NO_KEYS,
    '-',
    null,
  ];
  const config = (more: object) =>
    samlConfig({
      certificate: keys.certificate,
      private_key: keys.privateKey,
      sign_request: true,
      idp_metadata,
      ...more,
    });
  const genuine = (): ProviderCallback => {
    if (!callback) throw new Error('the test has not signed in yet');
    return callback;
  };
  beforeAll(async () => {
    keys = makeKeyPair('portal');
    llng = await startLlng({ saml: { sps: [{ metadata: samlMetadata(config({}), here) }] } });
    idp_metadata = await (await fetch(`${llng.url}saml/metadata`)).text();
    callback = await signInAt(config({}), here, { user: 'dwho', password: 'dwho' });
  });
  afterAll(() => llng?.[Symbol.asyncDispose]());

  describe.each([{ response_signed: true }, { response_signed: false }])('with %o', (policy) => {
    const finish = (xml: string) => saml.finish(config(policy), here, withXml(genuine(), xml));

    test('is accepted unchanged', async () => {
      const person = { subject: PERSON, username: 'dwho', email: PERSON, name: 'Doctor Who' };
      expect(await finish(xmlOf(genuine()))).toMatchObject(person);
      expect(await finish(xmlOf(genuine()).replace('dwho@', 'dwho@<!-- harmless -->'))).toMatchObject(person);
    });

    test.each(ATTACKS)('is rejected with %s', async (_, change) => {
      const xml = xmlOf(genuine());
      const changed = change(xml);
      expect(changed).not.toBe(xml);
      await expect(finish(changed)).rejects.toMatchObject({ reason: 'invalid_answer' });
    });

    test('is accepted without its outer signature only if response_signed is off', async () => {
      const stripped = finish(unsigned(xmlOf(genuine())));
      if (policy.response_signed) await expect(stripped).rejects.toMatchObject({ reason: 'invalid_answer' });
      else expect(await stripped).toMatchObject({ subject: PERSON });
    });

    test('is rejected with the keys of another provider', async () => {
      const other = idp_metadata.replaceAll(
        /(X509Certificate>)[^<]+/g,
        `$1${keys.certificate.replaceAll(/-----.*-----/g, '')}`,
      );
      const answer = saml.finish(config({ ...policy, idp_metadata: other }), here, genuine());
      await expect(answer).rejects.toMatchObject({ reason: 'invalid_answer' });
    });
  });
});
