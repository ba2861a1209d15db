import { createHash, createSign } from 'node:crypto';
import type { SignInContext } from '../protocol.ts';
import { makeKeyPair } from '@gatehouse/testing/key-pair';
import { type ProviderCallback, withXml } from './saml-login.ts';

const [P, A, DS] = [
  'urn:oasis:names:tc:SAML:2.0:protocol',
  'urn:oasis:names:tc:SAML:2.0:assertion',
  'http://www.w3.org/2000/09/xmldsig#',
];
const C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';

/** The parts of a valid response. Tests override some of them. */
const rightly = (callback: ProviderCallback, here: SignInContext) => ({
  issuer: 'urn:test:own',
  status: 'urn:oasis:names:tc:SAML:2.0:status:Success',
  destination: ` Destination="${here.callbackUrl}"`,
  inResponseTo: ` InResponseTo="${callback.begun['request_id'] ?? ''}"`,
  issued: minutes(0),
  nameId: `<saml:NameID>alice</saml:NameID>`,
  method: 'urn:oasis:names:tc:SAML:2.0:cm:bearer',
  confirmedFor: ` InResponseTo="${callback.begun['request_id'] ?? ''}"`,
  confirmedUntil: ` NotOnOrAfter="${minutes(5)}"`,
  recipient: ` Recipient="${here.callbackUrl}"`,
  valid: ` NotBefore="${minutes(-1)}" NotOnOrAfter="${minutes(5)}"`,
  audience: `<saml:AudienceRestriction><saml:Audience>${here.metadataUrl}</saml:Audience></saml:AudienceRestriction>`,
  attributes: `<saml:Attribute Name="uid"><saml:AttributeValue>alice</saml:AttributeValue></saml:Attribute>`,
  /** Replaces the assertion after it is signed. */
  sent: (assertion: string) => assertion,
  assertionIsSigned: true,
  responseIsSigned: true,
});
export type Said = ReturnType<typeof rightly>;

export const minutes = (from: number): string => new Date(Date.now() + from * 60_000).toISOString();

export type OwnIdp = ReturnType<typeof ownIdp>;

/** An identity provider that signs whatever a test asks for. */
export function ownIdp() {
  const keys = makeKeyPair('own');
  return {
    metadata: metadataOf([keys.certificate]),
    keys,
    answer: (callback: ProviderCallback, here: SignInContext, said: Partial<Said> = {}) =>
      withXml(callback, answerXml({ ...rightly(callback, here), ...said }, keys.privateKey)),
  };
}

export function metadataOf(certificates: string[], ssoUrl = 'https://idp.example.com/sso'): string {
  const keys = certificates.map((pem) => {
    const base64 = pem.replaceAll(/-----.*-----/g, '');
    return `<KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="${DS}"><ds:X509Data><ds:X509Certificate>${base64}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>`;
  });
  return `<?xml version="1.0"?>
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="urn:test:own">
  <IDPSSODescriptor protocolSupportEnumeration="${P}">
    ${keys.join('')}
    <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${ssoUrl}/post"/>
    <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${ssoUrl}"/>
  </IDPSSODescriptor>
</EntityDescriptor>`;
}

/** Writes XML in exclusive canonical form, so that it can be signed without a canonicalizer. */
function answerXml(said: Said, privateKey: string): string {
  const issuer = `<saml:Issuer xmlns:saml="${A}">${said.issuer}</saml:Issuer>`;
  const subject = `<saml:Subject>${said.nameId}<saml:SubjectConfirmation Method="${said.method}"><saml:SubjectConfirmationData${said.confirmedFor}${said.confirmedUntil}${said.recipient}></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>`;
  const conditions = `<saml:Conditions${said.valid}>${said.audience}</saml:Conditions>`;
  const statement = `<saml:AttributeStatement>${said.attributes}</saml:AttributeStatement>`;
  const assertion = `<saml:Assertion xmlns:saml="${A}" ID="_assertion" IssueInstant="${said.issued}" Version="2.0"><saml:Issuer>${said.issuer}</saml:Issuer>${subject}${conditions}${statement}</saml:Assertion>`;
  const status = `<samlp:Status><samlp:StatusCode Value="${said.status}"></samlp:StatusCode></samlp:Status>`;
  const response = `<samlp:Response xmlns:samlp="${P}"${said.destination} ID="_response"${said.inResponseTo} IssueInstant="${said.issued}" Version="2.0">${issuer}${status}${said.sent(said.assertionIsSigned ? signed(assertion, '_assertion', privateKey) : assertion)}</samlp:Response>`;
  return said.responseIsSigned ? signed(response, '_response', privateKey) : response;
}

function signed(xml: string, id: string, privateKey: string): string {
  const digest = createHash('sha256').update(xml).digest('base64');
  const info = `<ds:SignedInfo xmlns:ds="${DS}"><ds:CanonicalizationMethod Algorithm="${C14N}"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod><ds:Reference URI="#${id}"><ds:Transforms><ds:Transform Algorithm="${DS}enveloped-signature"></ds:Transform><ds:Transform Algorithm="${C14N}"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`;
  const value = createSign('sha256').update(info).sign(privateKey, 'base64');
  const signature = `<ds:Signature xmlns:ds="${DS}">${info.replace(` xmlns:ds="${DS}"`, '')}<ds:SignatureValue>${value}</ds:SignatureValue></ds:Signature>`;
  return xml.replace('</saml:Issuer>', (end) => end + signature);
}
