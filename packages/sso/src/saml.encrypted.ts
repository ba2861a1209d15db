import type { SamlConfig } from '@gatehouse/contract/login-option';
// The very functions with which the library will decrypt it, so that nothing else is read than what is counted.
import { decryptXml, getVerifiedXml, parseDomFromString, xpath } from '@node-saml/node-saml/lib/xml.js';
import type { Idp } from './saml.idp.ts';
import { keysOf } from './saml.service.ts';
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
  // Nothing is decrypted for who cannot sign, where that is asked for: how it fails would tell what is in it.
  if (config.response_signed && !isSigned(xml, document, idp)) return;
  refuseTooMuch(await decryptXml(encrypted, keys.privateKey), 'The assertion that is encrypted');
}

const isSigned = (xml: string, document: unknown, { certificates }: Idp): boolean =>
  xpath.selectElements(document, '/*').some((root: unknown) => getVerifiedXml(xml, root, certificates.map(String)));
