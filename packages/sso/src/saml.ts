import { randomBytes } from 'node:crypto';
import type { SamlConfig } from '@gatehouse/contract/login-option-config';
import type { VerifiedClaims } from '@gatehouse/contract/verified-claims';
import { generateServiceProviderMetadata } from '@node-saml/node-saml';
import { z } from 'zod';
import { attributeValue } from './attribute-value.ts';
import type { SignInContext, RedirectProtocol } from './protocol.ts';
import { checkAssertion, checkResponse, invalid } from './saml.answer.ts';
import { checkSaml } from './saml.check.ts';
import { checkEncrypted, decryptId } from './saml.encrypted.ts';
import { isOfSignature, samlFailure } from './saml.failure.ts';
import { changedSince, type Idp, idpOf } from './saml.idp.ts';
import { entityIdOf, keysOf, serviceProvider } from './saml.service.ts';
import { SsoError } from './sso-error.ts';

/** Default attribute names: the LDAP names, their OIDs, and the names that AD FS and Entra ID use. */
const USUAL = {
  username: ['uid', 'urn:oid:0.9.2342.19200300.100.1.1', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name'],
  email: [
    'email',
    'mail',
    'urn:oid:0.9.2342.19200300.100.1.3',
    'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
  ],
  name: [
    'name',
    'cn',
    'displayName',
    'urn:oid:2.5.4.3',
    'urn:oid:2.16.840.1.113730.3.1.241',
    'http://schemas.microsoft.com/identity/claims/displayname',
  ],
};

/** SAML 2.0 with the HTTP-POST binding for responses. `subject` comes from the NameID, `once` is the assertion's ID. */
export const saml: RedirectProtocol<SamlConfig> = {
  stateParameter: 'RelayState',

  async begin(config, here) {
    const begun = { state: randomBytes(20).toString('hex'), request_id: `_${randomBytes(20).toString('hex')}` };
    const idp = await idpOf(config, here);
    const service = serviceProvider(config, here, { idp, requestId: begun.request_id });
    if (idp.binding === 'redirect')
      return { url: await service.getAuthorizeUrlAsync(begun.state, undefined, {}), begun };
    const message = await service.getAuthorizeMessageAsync(begun.state, undefined, {});
    const form = { SAMLRequest: String(message['SAMLRequest']), RelayState: begun.state };
    return { url: idp.ssoUrl, begun, form };
  },

  async finish(config, here, { begun, answer }) {
    if (answer.get('RelayState') !== begun.state) throw invalid('belongs to a sign-in that this browser did not start');
    const encoded = answer.get('SAMLResponse') ?? '';
    const requestId = begun['request_id'] ?? '';
    const xml = checkResponse(encoded, here, { requestId, responseSigned: config.response_signed });
    try {
      const idp = await idpOf(config, here);
      return await verify(idp).catch(async (error: unknown) => {
        const changed = isOfSignature(error) ? await changedSince(idp, config, here) : null;
        if (!changed) throw error;
        return verify(changed);
      });
    } catch (error) {
      throw samlFailure(error, config, here);
    }

    async function verify(idp: Idp): Promise<VerifiedClaims> {
      await checkEncrypted(xml, config, idp);
      const service = serviceProvider(config, here, { idp });
      const { profile } = await service.validatePostResponseAsync({ SAMLResponse: encoded });
      if (!profile) throw new SsoError('refused', 'The identity provider sent no assertion about a user.');
      const decrypted = await decryptId(profile.getAssertionXml?.() ?? '', config);
      const asked = { idp, requestId, ourId: entityIdOf(config, here), decrypted };
      const { subject, once } = checkAssertion(profile, here, asked);
      return { subject, once, emailVerified: null, ...fields(config, profile.attributes) };
    }
  },

  check: checkSaml,
};

/** The service provider metadata to register at the identity provider. */
export function samlMetadata(config: SamlConfig, here: SignInContext): string {
  const keys = keysOf(config);
  return generateServiceProviderMetadata({
    issuer: entityIdOf(config, here),
    callbackUrl: here.callbackUrl,
    identifierFormat: null,
    wantAssertionsSigned: true,
    ...(keys && { decryptionPvk: keys.privateKey, decryptionCert: keys.certificate }),
    ...(keys && config.sign_request && { privateKey: keys.privateKey, publicCerts: keys.certificate }),
  });
}

const Attributes = z.record(z.string(), z.unknown()).catch({});

/** Reads only the attributes, because the library mixes its own fields into the profile. */
function fields({ attributes: names }: SamlConfig, sent: unknown): Pick<VerifiedClaims, 'username' | 'email' | 'name'> {
  const attributes = Attributes.parse(sent);
  const value = (field: keyof typeof USUAL): string | null => {
    const named = names[field];
    const found = (named === undefined ? USUAL[field] : [named]).map((name) => attributeValue(attributes[name]));
    return found.find((text) => text !== null) ?? null;
  };
  return { username: value('username'), email: value('email'), name: value('name') };
}
