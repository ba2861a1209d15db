import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saml, samlMetadata } from './saml.ts';
import { makeKeyPair } from '@gatehouse/testing/key-pair';
import { type Llng, LLNG_PROGRAMS, startLlng } from '@gatehouse/testing/llng';
import { ownIdp } from './testing/own-idp.ts';
import { hasPrograms } from '@gatehouse/testing/programs';
import { hereOf, samlConfig, signInAt } from './testing/saml-login.ts';
import { type SimpleSamlPhp, SIMPLESAMLPHP_PROGRAMS, startSimpleSamlPhp } from '@gatehouse/testing/simplesamlphp';

const hasOpenssl = hasPrograms('openssl');
const { certificate, privateKey } = hasOpenssl ? makeKeyPair('portal') : { certificate: '', privateKey: '' };
const keys = { certificate, private_key: privateKey };
/** The portals registered at the providers, each under its own name. */
const PORTALS = {
  signing: { ...keys, sign_request: true },
  plain: { response_signed: false },
  secret: keys,
  transient: { response_signed: false },
  persistent: { response_signed: false },
  nameless: { response_signed: false },
};
type Portal = keyof typeof PORTALS;
const portalConfig = (portal: Portal, idp: object) => samlConfig({ ...PORTALS[portal], ...idp });

describe.skipIf(!hasPrograms(...LLNG_PROGRAMS))('with LemonLDAP::NG', () => {
  const metadata = (portal: Portal) => samlMetadata(portalConfig(portal, { idp_metadata: '-' }), hereOf(portal));
  let llng: Llng | null = null;
  beforeAll(async () => {
    llng = await startLlng({
      saml: {
        sps: [
          { metadata: metadata('signing'), requestsSigned: true },
          { metadata: metadata('plain'), signed: false },
          { metadata: metadata('secret'), encrypted: true },
          { metadata: metadata('transient'), signed: false, nameIdFormat: 'transient' },
          { metadata: metadata('persistent'), signed: false, nameIdFormat: 'persistent' },
          { metadata: metadata('nameless'), signed: false, nameIdFormat: 'unspecified' },
        ],
      },
    });
  });
  afterAll(() => llng?.[Symbol.asyncDispose]());
  const signIn = async (portal: Portal) => {
    const config = portalConfig(portal, { idp_metadata_url: `${llng?.url ?? ''}saml/metadata` });
    const came = await signInAt(config, hereOf(portal), { user: 'dwho', password: 'dwho' });
    expect(came.postedTo).toBe(hereOf(portal).callbackUrl);
    return saml.finish(config, hereOf(portal), came);
  };

  test.each<Portal>(['signing', 'plain', 'secret'])('signs a person in at the portal %s', async (portal) => {
    expect(await signIn(portal)).toEqual({
      subject: 'dwho@badwolf.org',
      username: 'dwho',
      email: 'dwho@badwolf.org',
      emailVerified: null,
      name: 'Doctor Who',
      once: expect.stringMatching(/^_[0-9A-F]{32}$/),
    });
  });

  test('gets the same persistent NameID and a new assertion at each sign-in', async () => {
    const [first, second] = [await signIn('persistent'), await signIn('persistent')];
    expect(first.subject).toBe(second.subject);
    expect(first.subject).not.toContain('dwho');
    expect(first.once).not.toBe(second.once);
  });

  test('rejects a transient and a missing NameID', async () => {
    await expect(signIn('transient')).rejects.toMatchObject({ reason: 'misconfigured' });
    await expect(signIn('nameless')).rejects.toMatchObject({ reason: 'missing_attribute' });
  });
});

describe.skipIf(!hasPrograms(...SIMPLESAMLPHP_PROGRAMS))('with SimpleSAMLphp', () => {
  const sp = (portal: Portal) => ({ entityId: hereOf(portal).metadataUrl, acsUrl: hereOf(portal).callbackUrl });
  let peer: SimpleSamlPhp | null = null;
  beforeAll(async () => {
    peer = await startSimpleSamlPhp([
      { ...sp('signing'), certificate, requestsSigned: true },
      { ...sp('plain'), signed: false },
      { ...sp('secret'), certificate, encrypted: true },
      { ...sp('transient'), signed: false, transient: true },
    ]);
  });
  afterAll(() => peer?.[Symbol.asyncDispose]());
  const signIn = async (portal: Portal, [username, password] = ['alice', 'alicepw'], more: object = {}) => {
    const config = portalConfig(portal, { idp_metadata_url: peer?.metadataUrl, ...more });
    const came = await signInAt(config, hereOf(portal), { username: username ?? '', password: password ?? '' });
    return saml.finish(config, hereOf(portal), came);
  };

  test.each<Portal>(['signing', 'plain', 'secret'])('signs a person in at the portal %s', async (portal) => {
    const alice = { subject: 'alice@example.test', username: 'alice', email: 'alice@example.test', name: 'Alice' };
    expect(await signIn(portal)).toEqual({ ...alice, emailVerified: null, once: expect.stringMatching(/^_/) });
  });

  test('keeps letters outside ASCII', async () => {
    expect(await signIn('secret', ['zoe', 'zoepw'])).toMatchObject({ username: 'zoé', name: 'Zoé <b>' });
  });

  test('rejects a transient NameID', async () => {
    await expect(signIn('transient')).rejects.toMatchObject({ reason: 'misconfigured' });
  });

  test('needs the private key for an encrypted assertion', async () => {
    const without = signIn('secret', undefined, { certificate: undefined, private_key: undefined });
    await expect(without).rejects.toMatchObject({
      reason: 'misconfigured',
      message: expect.stringMatching(/private_key/),
    });
    const other = makeKeyPair('other');
    const with_ = signIn('secret', undefined, { certificate: other.certificate, private_key: other.privateKey });
    await expect(with_).rejects.toMatchObject({ reason: 'invalid_answer' });
  });
});

describe.skipIf(!hasOpenssl)('the request and the metadata of the portal', () => {
  const here = hereOf('ours');
  const { metadata } = hasOpenssl ? ownIdp() : { metadata: '' };
  const request = async (config: object) => {
    const { url, begun } = await saml.begin(samlConfig({ idp_metadata: metadata, ...config }), here);
    const query = new URL(url).searchParams;
    return { url, begun, query, xml: inflateRawSync(Buffer.from(query.get('SAMLRequest') ?? '', 'base64')).toString() };
  };

  test('have an unguessable request ID that only the browser stores', async () => {
    const { url, begun, query, xml } = await request({});
    expect(url).toMatch(/^https:\/\/idp\.example\.com\/sso\?/);
    expect(query.get('RelayState')).toBe(begun.state);
    expect(begun).toEqual({
      state: expect.stringMatching(/^[0-9a-f]{40}$/),
      request_id: expect.stringMatching(/^_[0-9a-f]{40}$/),
    });
    expect(xml).toContain(` ID="${begun['request_id'] ?? ''}"`);
    expect(xml).toContain(` AssertionConsumerServiceURL="${here.callbackUrl}"`);
    expect(xml).toContain(`>${here.metadataUrl}</saml:Issuer>`);
    expect(query.has('Signature')).toBe(false);
    expect((await request({})).begun).not.toEqual(begun);
  });

  test('are signed if configured', async () => {
    const { query } = await request({ ...keys, sign_request: true });
    expect(query.get('SigAlg')).toMatch(/#rsa-sha256$/);
    expect((await request(keys)).query.has('Signature')).toBe(false);
  });

  test('contain the configured entity_id', async () => {
    expect((await request({ entity_id: 'urn:ours' })).xml).toContain('>urn:ours</saml:Issuer>');
    const named = samlMetadata(samlConfig({ entity_id: 'urn:"ours"', idp_metadata: metadata }), here);
    expect(named).toContain('entityID="urn:&quot;ours&quot;"');
  });

  test('contain the callback URL, the signing requirements and the certificate', () => {
    const of = (config: object) => samlMetadata(samlConfig({ idp_metadata: metadata, ...config }), here);
    expect(of({})).toContain(`entityID="${here.metadataUrl}"`);
    expect(of({})).toContain(`bindings:HTTP-POST" Location="${here.callbackUrl}"`);
    expect(of({})).toMatch(/AuthnRequestsSigned="false" WantAssertionsSigned="true"/);
    expect(of({})).not.toContain('KeyDescriptor');
    expect(of(keys)).not.toMatch(/use="signing"|PRIVATE/);
    expect(of(keys)).toContain('use="encryption"');
    expect(of({ ...keys, sign_request: true })).toMatch(/AuthnRequestsSigned="true".*use="signing".*use="encryption"/s);
  });

  test('need a readable key', async () => {
    const broken = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n';
    await expect(request({ certificate, private_key: broken })).rejects.toMatchObject({ reason: 'misconfigured' });
  });
});
