import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { SamlConfig } from '@gatehouse/contract/login-option-config';
import type { LoginOptionCheck } from '@gatehouse/contract/login-option';
import type { SignInContext } from './protocol.ts';
import { idpOf } from './saml.idp.ts';
import { keysOf } from './saml.service.ts';
import { SsoError } from './sso-error.ts';

const SOON = 30 * 86_400_000;

/** Runs the checks that need no sign-in. */
export async function checkSaml(config: SamlConfig, here: SignInContext): Promise<LoginOptionCheck[]> {
  const checks = ownCertificate(config, here);
  try {
    const { certificates } = await idpOf(config, here, { refresh: true });
    if (config.idp_metadata_url !== undefined) checks.push(REACHABLE);
    checks.push(passed('metadata', 'The metadata describes a usable identity provider.'));
    checks.push(signingCertificate(certificates, here.now));
  } catch (error) {
    return [...checks, ...withoutIdp(error, config)];
  }
  return [
    ...checks,
    { name: 'attributes', status: 'unknown', message: 'Only a real sign-in can show the attributes.' },
  ];
}

const passed = (name: string, message: string): LoginOptionCheck => ({ name, status: 'passed', message });
const failed = (name: string, message: string): LoginOptionCheck => ({ name, status: 'failed', message });
const REACHABLE = passed('reachable', 'The metadata can be fetched.');

function withoutIdp(error: unknown, { idp_metadata_url }: SamlConfig): LoginOptionCheck[] {
  const message = messageOf(error);
  const reason = error instanceof SsoError ? error.reason : null;
  if (reason === 'unreachable' || reason === 'address_not_allowed') return [failed('reachable', message)];
  if (reason === 'bad_certificate') return [failed('certificate', message)];
  return [...(idp_metadata_url === undefined ? [] : [REACHABLE]), failed('metadata', message)];
}

/**
 * Signing keys are trusted as long as the metadata lists them, so that an expired certificate does not lock people out.
 */
function signingCertificate(certificates: X509Certificate[], now: Date): LoginOptionCheck {
  const validities = certificates.map((one) => validity(one, now));
  const good = validities.find(({ status }) => status === 'passed');
  const what = 'signing certificate of the identity provider';
  if (good) return passed('signing_certificate', `The ${what} ${good.text}.`);
  return failed(
    'signing_certificate',
    `The ${what} ${validities[0]?.text ?? 'is missing'}. Replace it at the identity provider.`,
  );
}

function ownCertificate(config: SamlConfig, { now }: SignInContext): LoginOptionCheck[] {
  try {
    const keys = keysOf(config);
    if (!keys) return [];
    const certificate = new X509Certificate(keys.certificate);
    if (!certificate.checkPrivateKey(createPrivateKey(keys.privateKey)))
      return [failed('own_certificate', 'certificate does not belong to private_key.')];
    const { status, text } = validity(certificate, now);
    return [{ name: 'own_certificate', status, message: `certificate ${text}.` }];
  } catch (error) {
    return [failed('own_certificate', messageOf(error))];
  }
}

function validity(
  { validFromDate, validToDate }: X509Certificate,
  now: Date,
): Pick<LoginOptionCheck, 'status'> & { text: string } {
  const day = validToDate.toISOString().slice(0, 10);
  if (now > validToDate) return { status: 'failed', text: `expired on ${day}` };
  if (now < validFromDate) return { status: 'failed', text: 'is not valid yet' };
  const soon = validToDate.getTime() - now.getTime() < SOON;
  return { status: 'passed', text: soon ? `expires soon, on ${day}` : `is valid until ${day}` };
}

function messageOf(error: unknown): string {
  if (error instanceof SsoError) return error.message;
  throw error;
}
