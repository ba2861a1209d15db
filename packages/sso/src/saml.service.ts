import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { SamlConfig } from '@gatehouse/contract/login-option-config';
import { SAML } from '@node-saml/node-saml';
import { z } from 'zod';
import type { Here } from './protocol.ts';
import type { Idp } from './saml.idp.ts';
import { SsoError } from './sso-error.ts';

/** Milliseconds by which the clocks of the provider and ours may differ. */
export const CLOCK_SKEW = 60_000;

/** What we are called at the provider. */
export const entityIdOf = (config: SamlConfig, here: Here): string => config.entity_id ?? here.metadataUrl;

/** An instant as XML writes it. The standard has all in UTC, so one without a zone is (SAML core, 1.3.3). */
export const Instant = z
  .string()
  .transform((text) => inUtc(text))
  .pipe(z.iso.datetime({ offset: true }))
  .transform((text) => new Date(text));

/** `Date` would take a time without a zone for one of this machine's zone. */
const inUtc = (text: string): string => (/T[\d:.]+$/.test(text.trim()) ? `${text.trim()}Z` : text.trim());

class Service extends SAML {
  /** The library's own latest time is left out: it is `until` again, read without a zone. */
  protected override checkTimestampsValidityError(now: number, from?: string, until?: string): Error | null {
    return super.checkTimestampsValidityError(now, inUtc(from ?? ''), inUtc(until ?? ''));
  }
}

type Request = { idp: Idp; requestId?: string };

/**
 * Us, towards the provider. What the library leaves unchecked is in saml.answer.ts; that the answer is to our request is
 * checked there too, so nothing is remembered here between the two.
 */
export function serviceProvider(config: SamlConfig, here: Here, { idp, requestId }: Request): SAML {
  const keys = keysOf(config);
  return new Service({
    issuer: entityIdOf(config, here),
    audience: entityIdOf(config, here),
    callbackUrl: here.callbackUrl,
    entryPoint: idp.ssoUrl,
    idpCert: idp.certificates.map(String),
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: config.response_signed,
    acceptedClockSkewMs: CLOCK_SKEW,
    signatureAlgorithm: 'sha256',
    digestAlgorithm: 'sha256',
    // How people are named and recognized is decided at the provider.
    identifierFormat: null,
    disableRequestedAuthnContext: true,
    ...(idp.binding === 'post' && { authnRequestBinding: 'HTTP-POST', skipRequestCompression: true }),
    ...(requestId !== undefined && { generateUniqueId: () => requestId }),
    ...(keys && { decryptionPvk: keys.privateKey }),
    ...(keys && config.sign_request && { privateKey: keys.privateKey }),
  });
}

/** Our own, as the library reads them: a chain and an unusual way to write PEM are not for it. */
export function keysOf({ certificate, private_key }: SamlConfig): { certificate: string; privateKey: string } | null {
  if (certificate === undefined || private_key === undefined) return null;
  try {
    return {
      certificate: new X509Certificate(certificate).toString(),
      privateKey: createPrivateKey(private_key).export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
  } catch (error) {
    throw new SsoError(
      'misconfigured',
      'certificate or private_key cannot be read. Send PEM without a password.',
      error,
    );
  }
}
