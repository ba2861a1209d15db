import { beforeAll, describe, expect, test } from 'vitest';
import { saml } from './saml.ts';
import { encryptedFor } from './testing/encrypted-for.ts';
import { type KeyPair, makeKeyPair } from '@gatehouse/testing/key-pair';
import { type OwnIdp, ownIdp, type Said } from './testing/own-idp.ts';
import { hasPrograms } from '@gatehouse/testing/programs';
import { hereOf, samlConfig, withXml, xmlOf } from './testing/saml-login.ts';

const here = hereOf('size');
const TOO_MUCH = { reason: 'invalid_answer', message: expect.stringContaining('too many elements or attributes') };
const many = (count: number, each: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => each(at)).join('');
const inAssertion = (added: string) => (xml: string) => xml.replace('</saml:Assertion>', `${added}</saml:Assertion>`);
const inTag = (added: string) => (xml: string) => xml.replace('<saml:Assertion ', `<saml:Assertion ${added} `);
const group = `<saml:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" lang="en" xsi:type="xs:string">CN=Some Group,DC=example</saml:AttributeValue>`;

describe.skipIf(!hasPrograms('openssl'))('a response that is slow to parse', () => {
  let [idp, keys]: [OwnIdp | null, KeyPair] = [null, { privateKey: '', certificate: '' }];
  beforeAll(() => {
    [idp, keys] = [ownIdp(), makeKeyPair('portal')];
  });
  const finish = async (response_signed: boolean, said: Partial<Said>, change = (xml: string): string => xml) => {
    if (!idp) throw new Error('the identity provider was not set up');
    const { certificate, privateKey: private_key } = keys;
    const config = samlConfig({ idp_metadata: idp.metadata, response_signed, certificate, private_key });
    const { begun } = await saml.begin(config, here);
    const answer = new URLSearchParams({ RelayState: begun.state });
    const came = idp.answer({ begun, answer, postedTo: here.callbackUrl }, here, said);
    return saml.finish(config, here, withXml(came, change(xmlOf(came))));
  };
  const encrypted = (change = (xml: string): string => xml): Partial<Said> => ({
    sent: (assertion) => encryptedFor(keys.certificate, change(assertion)),
  });

  describe.each([true, false])('with response_signed: %s', (signed) => {
    test.each<[string, (xml: string) => string]>([
      ['elements', inAssertion('<a/>'.repeat(62_000))],
      ['elements in SignedInfo', (xml) => xml.replace('<ds:SignedInfo>', `<ds:SignedInfo>${'<x/>'.repeat(50_000)}`)],
      ['comments', inAssertion('<!---->'.repeat(30_000))],
      ['sections', inAssertion('<![CDATA[]]>'.repeat(20_000))],
      ['attributes', inTag(many(20_000, (at) => `a${at}=""`))],
      ['attributes of many elements', inAssertion(`<a ${many(30, (at) => `a${at}="" `)}/>`.repeat(700))],
      ['attributes without a value', inTag(many(30_000, (at) => ` a${at}`))],
      ['namespaces', inTag(many(8000, (at) => `xmlns:a${at}="u" `))],
    ])('is rejected before it is parsed: %s', async (_, change) => {
      await expect(finish(signed, {}, change)).rejects.toMatchObject(TOO_MUCH);
    });

    test('is rejected before it is parsed, even if it is encrypted', async () => {
      await expect(finish(signed, encrypted(inAssertion('<a/>'.repeat(40_000))))).rejects.toMatchObject(TOO_MUCH);
    });

    test('is accepted with 600 groups', async () => {
      const attributes = `<saml:Attribute Name="uid"><saml:AttributeValue>alice</saml:AttributeValue></saml:Attribute><saml:Attribute Name="groups">${group.repeat(600)}</saml:Attribute>`;
      const alice = { subject: 'alice', username: 'alice' };
      expect(await finish(signed, { attributes })).toMatchObject(alice);
      expect(await finish(signed, { attributes, ...encrypted() })).toMatchObject(alice);
    });
  });

  test('is not decrypted if response_signed is on and the response is not signed', async () => {
    const forged = { responseIsSigned: false, ...encrypted(inAssertion('<a/>'.repeat(40_000))) };
    await expect(finish(false, forged)).rejects.toMatchObject(TOO_MUCH);
    await expect(finish(true, forged)).rejects.toMatchObject({
      message: expect.stringContaining('must both be signed'),
    });
  });
});
