import { listen } from '@gatehouse/testing/listen';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { egressTo } from './testing/egress-to.ts';
import { saml } from './saml.ts';
import { idpOf } from './saml.idp.ts';
import { makeKeyPair } from '@gatehouse/testing/key-pair';
import { metadataOf, type OwnIdp, ownIdp } from './testing/own-idp.ts';
import { hasPrograms } from '@gatehouse/testing/programs';
import { type ProviderCallback, hereOf, samlConfig } from './testing/saml-login.ts';

const here = hereOf('idp');

describe.skipIf(!hasPrograms('openssl'))('the metadata of an identity provider', () => {
  let idp: OwnIdp;
  let [origin, served, asked]: [string, string | null, number] = ['', null, 0];
  const server = createServer((req, res) => {
    asked += 1;
    if (req.url === '/moved') return void res.writeHead(302, { location: `${origin}/metadata` }).end();
    if (served === null) return void res.writeHead(req.url === '/down' ? 503 : 404).end();
    res.end(served);
  });
  beforeAll(async () => {
    idp = ownIdp();
    origin = `http://127.0.0.1:${await listen(server)}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  let page = 0;
  /** A metadata URL that is not in the cache. */
  const fresh = () => samlConfig({ idp_metadata_url: `${origin}/metadata?${(page += 1)}` });
  beforeEach(() => {
    [served, asked] = [idp.metadata, 0];
  });
  const parsed = (idp_metadata: string) => idpOf(samlConfig({ idp_metadata }), here);
  const begin = async (config: ReturnType<typeof fresh>): Promise<ProviderCallback> => {
    const { begun } = await saml.begin(config, here);
    return { begun, answer: new URLSearchParams({ RelayState: begun.state }), postedTo: here.callbackUrl };
  };

  test('provides the entity ID, the sign-in URL and the signing keys', async () => {
    const old = makeKeyPair('old').certificate;
    const text = metadataOf([old, idp.keys.certificate], 'https://idp.example.com/sso?a=1&amp;b=2');
    const { entityId, ssoUrl, certificates } = await parsed(text);
    expect([entityId, ssoUrl]).toEqual(['urn:test:own', 'https://idp.example.com/sso?a=1&b=2']);
    expect(certificates.map(String)).toEqual([old, idp.keys.certificate]);
    const prefixed = text.replaceAll(/<(\/?)(?=[A-Z])/g, '<$1md:').replace('xmlns=', 'xmlns:md=');
    expect((await parsed(prefixed)).ssoUrl).toBe(ssoUrl);
    const inList = text.replace('<EntityDescriptor', '<EntitiesDescriptor><EntityDescriptor') + '</EntitiesDescriptor>';
    expect((await parsed(inList)).entityId).toBe(entityId);
    expect((await parsed(text.replaceAll(' use="signing"', ''))).certificates).toHaveLength(2);
  });

  test.each<[string, (text: string) => string]>([
    ['is not XML', () => 'hello'],
    ['is not SAML metadata', () => '<html></html>'],
    ['is not SAML metadata', (text) => text.replace('entityID', 'id')],
    ['does not describe an identity provider', (text) => text.replaceAll('IDPSSODescriptor', 'SPSSODescriptor')],
    [
      'several identity providers',
      (text) => {
        const entity = text.slice(text.indexOf('<EntityDescriptor'));
        return `<EntitiesDescriptor>${entity}${entity}</EntitiesDescriptor>`;
      },
    ],
    ['HTTP-Redirect', (text) => text.replaceAll(/HTTP-(Redirect|POST)/g, 'HTTP-Artifact')],
    ['not an https URL', (text) => text.replaceAll('https:', 'http:')],
    ['not an https URL', (text) => text.replaceAll('https:', 'javascript:')],
    ['no signing certificate', (text) => text.replace('signing', 'encryption')],
    ['unreadable', (text) => text.replace('MII', 'AII')],
    ['DOCTYPE', (text) => text.replace('<Entity', '<!DOCTYPE x [<!ENTITY a "b">]><Entity')],
    ['DOCTYPE', (text) => text.replace('<Entity', '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><Entity')],
  ])('is rejected with the message: %s', async (why, change) => {
    const changed = change(idp.metadata);
    expect(changed).not.toBe(idp.metadata);
    const failure = parsed(changed);
    await expect(failure).rejects.toMatchObject({ reason: 'misconfigured', message: expect.stringContaining(why) });
  });

  test('is rejected if it has too many certificates or is too long', async () => {
    await expect(parsed(metadataOf(Array<string>(11).fill(idp.keys.certificate)))).rejects.toMatchObject({
      reason: 'misconfigured',
      message: expect.stringContaining('more than 10 certificates'),
    });
    served = idp.metadata.padEnd(262_145);
    await expect(saml.begin(fresh(), here)).rejects.toMatchObject({
      reason: 'misconfigured',
      message: expect.stringContaining('too long'),
    });
  });

  test('is fetched once for concurrent and later sign-ins', async () => {
    const config = fresh();
    await saml.begin(config, here);
    await saml.begin(config, here);
    expect(asked).toBe(1);
  });

  test('is fetched again when the keys have changed', async () => {
    const config = fresh();
    const callback = await begin(config);
    const rotated = ownIdp();
    served = metadataOf([idp.keys.certificate, rotated.keys.certificate]);
    expect(await saml.finish(config, here, rotated.answer(callback, here))).toMatchObject({ subject: 'alice' });
    expect(await saml.finish(config, here, idp.answer(callback, here))).toMatchObject({ subject: 'alice' });
    expect(asked).toBe(2);
    const stranger = saml.finish(config, here, ownIdp().answer(callback, here));
    await expect(stranger).rejects.toMatchObject({ reason: 'invalid_answer' });
  });

  test('is not fetched from an internal network', async () => {
    const egress = egressTo();
    for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
      const config = samlConfig({ idp_metadata_url: origin.replace('127.0.0.1', host) });
      const began = saml.begin(config, { ...here, egress });
      await expect(began).rejects.toMatchObject({ reason: 'address_not_allowed' });
      const checks = await saml.check(config, { ...here, egress });
      expect(checks).toMatchObject([{ name: 'reachable', status: 'failed' }]);
    }
    expect(asked).toBe(0);
    await egress.close();
  });

  test('is not fetched through a redirect', async () => {
    const config = samlConfig({ idp_metadata_url: `${origin}/moved` });
    await expect(saml.begin(config, here)).rejects.toMatchObject({ reason: 'misconfigured' });
    expect(asked).toBe(1);
  });

  test('is reported as missing or unreachable', async () => {
    served = null;
    await expect(saml.begin(fresh(), here)).rejects.toMatchObject({ reason: 'misconfigured' });
    const down = samlConfig({ idp_metadata_url: `${origin}/down` });
    await expect(saml.begin(down, here)).rejects.toMatchObject({ reason: 'unreachable' });
    const nobody = samlConfig({ idp_metadata_url: 'https://127.0.0.1:1/' });
    await expect(saml.begin(nobody, here)).rejects.toMatchObject({ reason: 'unreachable' });
  });

  test('is fetched only over a trusted certificate, unless ssl_verify is off', async () => {
    const { privateKey: key, certificate: cert } = idp.keys;
    const secure = createTlsServer({ key, cert }, (_, res) => res.end(idp.metadata));
    const idp_metadata_url = `https://127.0.0.1:${await listen(secure)}/`;
    const strict = samlConfig({ idp_metadata_url });
    await expect(saml.begin(strict, here)).rejects.toMatchObject({ reason: 'bad_certificate' });
    expect(await saml.check(strict, here)).toMatchObject([{ name: 'certificate', status: 'failed' }]);
    const trusting = samlConfig({ idp_metadata_url, ssl_verify: false });
    expect((await saml.begin(trusting, here)).url).toMatch(/^https:\/\/idp\.example\.com\//);
    await expect(saml.begin(strict, here)).rejects.toMatchObject({ reason: 'bad_certificate' });
    secure.closeAllConnections();
    secure.close();
  });
});
