import { beforeAll, describe, expect, test } from 'vitest';
import { saml } from './saml.ts';
import { makeKeyPair } from '@gatehouse/testing/key-pair';
import { metadataOf } from './testing/own-idp.ts';
import { hasPrograms } from '@gatehouse/testing/programs';
import { hereOf, samlConfig } from './testing/saml-login.ts';

describe.skipIf(!hasPrograms('openssl'))('a check of a SAML option', () => {
  const day = 86_400_000;
  const here = hereOf('check');
  let [short, long] = ['', ''];
  beforeAll(() => {
    [short, long] = [makeKeyPair('short', 2).certificate, makeKeyPair('long', 300).certificate];
    here.now = new Date();
  });
  const later = (days: number) => ({ ...here, now: new Date(Date.now() + days * day) });
  const check = async (config: object, at = here) => {
    const checks = await saml.check(samlConfig(config), at);
    return checks.map(({ name, status, message }) => `${name} ${status}: ${message}`);
  };

  test('passes for valid metadata', async () => {
    expect(await check({ idp_metadata: metadataOf([long]) })).toEqual([
      expect.stringMatching(/^metadata passed: /),
      expect.stringMatching(/^signing_certificate passed: .* is valid until \d{4}-\d\d-\d\d\.$/),
      expect.stringMatching(/^attributes unknown: /),
    ]);
  });

  test('reports expiring certificates, and needs only one valid certificate', async () => {
    const idp_metadata = metadataOf([short]);
    expect((await check({ idp_metadata }))[1]).toMatch(/^signing_certificate passed: .* expires soon, on /);
    expect((await check({ idp_metadata }, later(3)))[1]).toMatch(/^signing_certificate failed: .* expired on /);
    expect((await check({ idp_metadata }, later(-1)))[1]).toMatch(/^signing_certificate failed: .* is not valid yet/);
    expect((await check({ idp_metadata: metadataOf([short, long]) }, later(3)))[1]).toMatch(
      /^signing_certificate passed: /,
    );
  });

  test('reports invalid and unreachable metadata', async () => {
    expect(await check({ idp_metadata: 'hello' })).toEqual([expect.stringMatching(/^metadata failed: .* is not XML/)]);
    const nothing = await check({ idp_metadata: '<html></html>' });
    expect(nothing).toEqual([expect.stringMatching(/^metadata failed: .* is not SAML metadata/)]);
    const unreachable = await check({ idp_metadata_url: 'https://127.0.0.1:1/' });
    expect(unreachable).toEqual([expect.stringMatching(/^reachable failed: .* does not respond/)]);
  });

  test('reports problems with certificate and private_key', async () => {
    const [ours, others] = [makeKeyPair('ours'), makeKeyPair('others')];
    const own = async (certificate: string, private_key: string, at = later(0)) =>
      (await check({ idp_metadata: metadataOf([long]), certificate, private_key }, at))[0];
    expect(await own(ours.certificate, ours.privateKey)).toMatch(/^own_certificate passed: .* expires soon/);
    expect(await own(ours.certificate, ours.privateKey, later(3))).toMatch(/^own_certificate failed: .* expired/);
    expect(await own(ours.certificate, others.privateKey)).toMatch(/^own_certificate failed: .* private_key/);
    expect(await own(ours.certificate, ours.certificate)).toMatch(/^own_certificate failed: .* is unreadable/);
  });
});
