import type { SamlConfig } from '@gatehouse/contract/login-option-config';
// The library's own functions, so that the size check sees exactly what the library will decrypt.
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

/** Rejects an encrypted assertion that is too large. The certificate is public, so anyone can encrypt one. */
export async function checkEncrypted(xml: string, config: SamlConfig, idp: Idp): Promise<void> {
  const keys = keysOf(config);
  if (!keys || !xml.includes('EncryptedAssertion')) return;
  // `unknown`, because the type of its nodes needs the DOM library.
  const document: unknown = await parseDomFromString(xml);
  const [encrypted] = xpath.selectElements(document, ENCRYPTED).map(String);
  if (encrypted === undefined) return;
  // With response_signed, the signature is verified before decryption, because decryption errors would reveal the
  // content.
  if (config.response_signed && !isSigned(xml, document, idp)) return;
  refuseTooMuch(await decryptXml(encrypted, keys.privateKey), 'The encrypted assertion');
}

const ENCRYPTED_ID = "/*[local-name()='Assertion']/*[local-name()='Subject']/*[local-name()='EncryptedID']";

/**
 * Returns the content of the EncryptedID in a verified assertion; null if it has none. `assertion`: the signed bytes.
 */
export async function decryptId(assertion: string, config: SamlConfig): Promise<unknown> {
  if (!assertion.includes('EncryptedID')) return null;
  const document: unknown = await parseDomFromString(assertion);
  const [encrypted, another] = xpath.selectElements(document, ENCRYPTED_ID).map(String);
  if (encrypted === undefined) return null;
  if (another !== undefined) throw new SsoError('invalid_answer', 'The assertion has more than one EncryptedID.');
  const keys = keysOf(config);
  if (!keys) throw new SsoError('misconfigured', NO_KEYS);
  const text = await decryptXml(encrypted, keys.privateKey).catch((error: unknown) => {
    throw new SsoError('invalid_answer', 'The EncryptedID cannot be decrypted with private_key.', error);
  });
  refuseTooMuch(text, 'The EncryptedID');
  parseXml(text, 'The EncryptedID');
  return parseXml2JsFromString(text);
}

export const NO_KEYS = 'The identity provider encrypts its assertions. Set certificate and private_key.';

const isSigned = (xml: string, document: unknown, { certificates }: Idp): boolean =>
  xpath.selectElements(document, '/*').some((root: unknown) => getVerifiedXml(xml, root, certificates.map(String)));
