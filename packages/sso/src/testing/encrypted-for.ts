import { createCipheriv, publicEncrypt, randomBytes } from 'node:crypto';

const XENC = 'http://www.w3.org/2001/04/xmlenc#';

/** Encrypts an assertion or a NameID. Anyone with the certificate can do this. */
export function encryptedFor(certificate: string, assertion: string, element = 'EncryptedAssertion'): string {
  const [key, iv] = [randomBytes(32), randomBytes(12)];
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const text = Buffer.concat([iv, cipher.update(assertion), cipher.final(), cipher.getAuthTag()]);
  const info = `<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><xenc:EncryptedKey>${encryption(`${XENC}rsa-oaep-mgf1p`, publicEncrypt(certificate, key))}</xenc:EncryptedKey></ds:KeyInfo>`;
  const data = encryption('http://www.w3.org/2009/xmlenc11#aes256-gcm', text, info);
  const xmlns = element === 'EncryptedAssertion' ? ' xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"' : '';
  return `<saml:${element}${xmlns}><xenc:EncryptedData xmlns:xenc="${XENC}">${data}</xenc:EncryptedData></saml:${element}>`;
}

const encryption = (algorithm: string, value: Buffer, info = ''): string =>
  `<xenc:EncryptionMethod Algorithm="${algorithm}"></xenc:EncryptionMethod>${info}<xenc:CipherData><xenc:CipherValue>${value.toString('base64')}</xenc:CipherValue></xenc:CipherData>`;
