import { createPublicKey } from 'node:crypto';
import { makeKeyPair } from './key-pair.ts';

/** Protocols that are left out are turned off. */
export type LlngSettings = {
  ldap?: { url: string; baseDn: string; bindDn: string; bindPassword: string; groupBaseDn?: string };
  oidc?: { clientId: string; clientSecret: string; redirectUri: string; consent?: boolean };
  /** `service` is the beginning of the service's URL. */
  cas?: { service: string };
  saml?: { sps: LlngSp[] };
};
type LlngSp = {
  metadata: string;
  /** The provider signs the whole response in addition to the assertion. */
  signed?: boolean;
  /** The provider rejects unsigned requests. */
  requestsSigned?: boolean;
  encrypted?: boolean;
  nameIdFormat?: 'email' | 'persistent' | 'transient' | 'unspecified';
};
type Installation = { url: string; directory: string };

export function llngConfig({ url, directory }: Installation, { ldap, oidc, cas, saml }: LlngSettings): object {
  const sessions = { Directory: `${directory}/sessions`, LockDirectory: `${directory}/sessions/lock` };
  return {
    cfgNum: 1,
    cfgAuthor: 'test',
    cfgDate: '1700000000',
    cfgVersion: '2.16.1',
    portal: url,
    domain: '127.0.0.1',
    cookieName: 'lemonldap',
    securedCookie: 0,
    whatToTrace: '_whatToTrace',
    macros: { _whatToTrace: '$uid' },
    locationRules: { '127.0.0.1': { default: 'accept' } },
    exportedHeaders: {},
    exportedVars: {},
    userDB: 'Same',
    registerDB: 'Null',
    ...(ldap ? usersOf(ldap) : DEMO_USERS),
    globalStorage: 'Apache::Session::File',
    globalStorageOptions: {
      ...sessions,
      generateModule: 'Lemonldap::NG::Common::Apache::Session::Generate::SHA256',
    },
    localSessionStorage: 'Cache::FileCache',
    localSessionStorageOptions: {
      cache_depth: 3,
      cache_root: `${directory}/cache`,
      default_expires_in: 600,
      directory_umask: '007',
      namespace: 'llng-sessions',
    },
    persistentStorage: 'Apache::Session::File',
    persistentStorageOptions: { Directory: `${directory}/psessions`, LockDirectory: `${directory}/psessions/lock` },
    ...QUIET,
    ...(oidc ? oidcProvider(url, oidc) : {}),
    ...(cas ? casServer(cas) : {}),
    ...(saml ? { ...samlProvider(saml), samlStorage: 'Apache::Session::File', samlStorageOptions: sessions } : {}),
  };
}

const QUIET = {
  notification: 0,
  captcha: 'NoCaptcha',
  captcha_mail_enabled: 0,
  captcha_register_enabled: 0,
  captcha_login_enabled: 0,
  portalDisplayRegister: 0,
  portalDisplayResetPassword: 0,
  portalSkin: 'bootstrap',
  timeout: 72_000,
  loginHistoryEnabled: 0,
  requireToken: 1,
  // With SAML, the default would be None, and browsers reject such a cookie without Secure.
  sameSite: 'Lax',
  // The default rejects logins that are not ASCII.
  userControl: String.raw`^[\w\.\-@\x{80}-\x{ffff}]+$`,
  trustedDomains: '*',
};

const DEMO_USERS = {
  authentication: 'Demo',
  passwordDB: 'Demo',
  demoExportedVars: { cn: 'cn', mail: 'mail', uid: 'uid' },
  groups: { timelords: "$uid eq 'dwho'", users: '1' },
};

const usersOf = (ldap: NonNullable<LlngSettings['ldap']>) => ({
  authentication: 'LDAP',
  passwordDB: 'LDAP',
  ldapServer: ldap.url,
  ldapBase: ldap.baseDn,
  managerDn: ldap.bindDn,
  managerPassword: ldap.bindPassword,
  AuthLDAPFilter: '(&(uid=$user)(objectClass=inetOrgPerson))',
  mailLDAPFilter: '(&(mail=$mail)(objectClass=inetOrgPerson))',
  ldapExportedVars: { cn: 'cn', mail: 'mail', uid: 'uid', givenName: 'givenName', sn: 'sn' },
  ldapGroupBase: ldap.groupBaseDn,
  ldapGroupObjectClass: 'groupOfNames',
  ldapGroupAttributeName: 'member',
  ldapGroupAttributeNameUser: 'dn',
  ldapGroupAttributeNameSearch: 'cn',
  ldapVersion: 3,
});

function oidcProvider(url: string, client: NonNullable<LlngSettings['oidc']>): object {
  const { privateKey, certificate } = makeKeyPair('oidc');
  return {
    issuerDBOpenIDConnectActivation: 1,
    oidcServiceMetaDataIssuer: url,
    oidcServicePrivateKeySig: privateKey,
    oidcServicePublicKeySig: createPublicKey(certificate).export({ type: 'spki', format: 'pem' }),
    oidcServiceKeyIdSig: 'k1',
    oidcServiceAllowAuthorizationCodeFlow: 1,
    oidcServiceIgnoreScopeForClaims: 1,
    oidcRPMetaDataOptions: {
      portal: {
        oidcRPMetaDataOptionsClientID: client.clientId,
        oidcRPMetaDataOptionsClientSecret: client.clientSecret,
        oidcRPMetaDataOptionsRedirectUris: client.redirectUri,
        oidcRPMetaDataOptionsRequirePKCE: 1,
        oidcRPMetaDataOptionsBypassConsent: client.consent ? 0 : 1,
        oidcRPMetaDataOptionsIDTokenSignAlg: 'RS256',
        oidcRPMetaDataOptionsIDTokenForceClaims: 1,
      },
    },
    oidcRPMetaDataExportedVars: {
      portal: { name: 'cn', email: 'mail', preferred_username: 'uid', groups: 'groups;string;always' },
    },
  };
}

const casServer = ({ service }: NonNullable<LlngSettings['cas']>) => ({
  issuerDBCASActivation: 1,
  casAccessControlPolicy: 'error',
  casAttr: 'uid',
  casTicketExpiration: 5,
  casAppMetaDataOptions: {
    portal: { casAppMetaDataOptionsService: service, casAppMetaDataOptionsUserAttribute: 'uid' },
  },
  casAppMetaDataExportedVars: { portal: { mail: 'mail', cn: 'cn', memberOf: 'groups' } },
});

function samlProvider({ sps }: NonNullable<LlngSettings['saml']>): object {
  const { privateKey, certificate } = makeKeyPair('saml');
  const each = <T>(of: (sp: LlngSp) => T) => Object.fromEntries(sps.map((sp, at) => [`sp${String(at)}`, of(sp)]));
  const basic = 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic';
  return {
    issuerDBSAMLActivation: 1,
    samlServicePrivateKeySig: privateKey,
    samlServicePublicKeySig: certificate,
    samlServiceUseCertificateInResponse: 1,
    samlServiceSignatureMethod: 'RSA_SHA256',
    samlMetadataForceUTF8: 1,
    samlSPMetaDataXML: each(({ metadata }) => ({ samlSPMetaDataXML: metadata })),
    samlSPMetaDataOptions: each(({ signed = true, requestsSigned, encrypted, nameIdFormat = 'email' }) => ({
      samlSPMetaDataOptionsNameIDFormat: nameIdFormat,
      samlSPMetaDataOptionsSignSSOMessage: signed ? 1 : 0,
      samlSPMetaDataOptionsCheckSSOMessageSignature: requestsSigned ? 1 : 0,
      samlSPMetaDataOptionsEncryptionMode: encrypted ? 'assertion' : 'none',
      samlSPMetaDataOptionsSignatureMethod: 'RSA_SHA256',
    })),
    samlSPMetaDataExportedAttributes: each(() => ({
      mail: `1;mail;${basic};mail`,
      cn: `0;displayName;${basic};displayName`,
      uid: `1;uid;${basic};uid`,
    })),
  };
}
