import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { SamlConfig } from '@gatehouse/contract/login-option-config';
import { SAML } from '@node-saml/node-saml';
import { z } from 'zod';
import type { SignInContext } from './protocol.ts';
import type { Idp } from './saml.idp.ts';
import { SsoError } from './sso-error.ts';

/** Milliseconds. Tolerated difference between the clocks of the provider and the portal. */
export const CLOCK_SKEW = 60_000;

/** The entity ID of the portal at the provider. */
export const entityIdOf = (config: SamlConfig, here: SignInContext): string => config.entity_id ?? here.metadataUrl;

/** An XML date and time. SAML times are in UTC, so a time without a zone is UTC as well (SAML core, section 1.3.3). */
export const Instant = z
  .string()
  .transform((text) => inUtc(text))
  .pipe(z.iso.datetime({ offset: true }))
  .transform((text) => new Date(text));

/** `Date` reads a time without a zone as local time. */
const inUtc = (text: string): string => (/T[\d:.]+$/.test(text.trim()) ? `${text.trim()}Z` : text.trim());

class Service extends SAML {
  /** Drops the library's maximum age, which it reads as local time. saml.answer.ts checks the age instead. */
  protected override checkTimestampsValidityError(now: number, from?: string, until?: string): Error | null {
    return super.checkTimestampsValidityError(now, inUtc(from ?? ''), inUtc(until ?? ''));
  }
}

type Request = { idp: Idp; requestId?: string };

/**
 * The portal as a service provider. saml.answer.ts checks what the library leaves unchecked, including InResponseTo, so
 * the library does not need to remember requests.
 */
export function serviceProvider(config: SamlConfig, here: SignInContext, { idp, requestId }: Request): SAML {
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
    // The provider decides how it names and authenticates people.
    identifierFormat: null,
    disableRequestedAuthnContext: true,
    ...(idp.binding === 'post' && { authnRequestBinding: 'HTTP-POST', skipRequestCompression: true }),
    ...(requestId !== undefined && { generateUniqueId: () => requestId }),
    ...(keys && { decryptionPvk: keys.privateKey }),
    ...(keys && config.sign_request && { privateKey: keys.privateKey }),
  });
}

/** Normalizes certificate and key, because the library cannot read certificate chains or unusual PEM. */
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
      'certificate or private_key is unreadable. Send them as PEM, without a passphrase.',
      error,
    );
  }
}
