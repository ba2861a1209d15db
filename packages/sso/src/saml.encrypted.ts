import type { SamlConfig } from '@gatehouse/contract/login-option-config';
// The very functions with which the library will decrypt it, so that nothing else is read than what is counted.
import {
  decryptXml,
  getVerifiedXml,
  parseDomFromString,
  parseXml2JsFromString,
  xpath,
} from '@node-saml/node-saml/lib/xml.js';
import type { Idp } from './saml.idp.ts';
import { keysOf } from './saml.service.ts';
import { parseXml } from './saml.xml.ts';
import { SsoError } from './sso-error.ts';
import { refuseTooMuch } from './xml-size.ts';

const ENCRYPTED = "/*[local-name()='Response']/*[local-name()='EncryptedAssertion']";

/** Refuses an encrypted assertion that holds too much: our certificate is public, so that anybody can make one. */
export async function checkEncrypted(xml: string, config: SamlConfig, idp: Idp): Promise<void> {
  const keys = keysOf(config);
  if (!keys || !xml.includes('EncryptedAssertion')) return;
  // Its nodes are of types that browsers alone have.
  const document: unknown = await parseDomFromString(xml);
  const [encrypted] = xpath.selectElements(document, ENCRYPTED).map(String);
  if (encrypted === undefined) return;
  // With response_signed, nothing is decrypted before the signature is verified: errors would reveal the content.
  if (config.response_signed && !isSigned(xml, document, idp)) return;
  refuseTooMuch(await decryptXml(encrypted, keys.privateKey), 'The assertion that is encrypted');
}

const ENCRYPTED_ID = "/*[local-name()='Assertion']/*[local-name()='Subject']/*[local-name()='EncryptedID']";

/** What the EncryptedID of a verified assertion holds; null where it has none. `assertion`: the bytes that are signed. */
export async function decryptId(assertion: string, config: SamlConfig): Promise<unknown> {
  if (!assertion.includes('EncryptedID')) return null;
  const document: unknown = await parseDomFromString(assertion);
  const [encrypted, another] = xpath.selectElements(document, ENCRYPTED_ID).map(String);
  if (encrypted === undefined) return null;
  if (another !== undefined) throw new SsoError('invalid_answer', 'The assertion names its subject twice.');
  const keys = keysOf(config);
  if (!keys) throw new SsoError('misconfigured', NO_KEYS);
  const text = await decryptXml(encrypted, keys.privateKey).catch((error: unknown) => {
    throw new SsoError('invalid_answer', 'The EncryptedID cannot be decrypted with private_key.', error);
  });
  refuseTooMuch(text, 'The EncryptedID');
  parseXml(text, 'The EncryptedID');
  return parseXml2JsFromString(text);
}

export const NO_KEYS = 'The identity provider encrypts: set certificate and private_key.';

const isSigned = (xml: string, document: unknown, { certificates }: Idp): boolean =>
  xpath.selectElements(document, '/*').some((root: unknown) => getVerifiedXml(xml, root, certificates.map(String)));
