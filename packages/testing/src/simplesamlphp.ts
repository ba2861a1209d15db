import { mkdirSync, writeFileSync } from 'node:fs';
import { makeKeyPair } from './key-pair.ts';
import { startServer } from './server-process.ts';

const ROOT = '/usr/share/simplesamlphp/www';

/** The programs that `startSimpleSamlPhp` needs, for `hasPrograms`. SimpleSAMLphp has none on the search path itself. */
export const SIMPLESAMLPHP_PROGRAMS = ['php', 'openssl', '../share/simplesamlphp/bin/pwgen.php'] as const;

export type SimpleSamlPhp = AsyncDisposable & { metadataUrl: string; entityId: string; log(): string };
export type SimpleSamlPhpSp = {
  entityId: string;
  acsUrl: string;
  certificate?: string;
  /** The provider rejects unsigned requests. */
  requestsSigned?: boolean;
  /** The provider encrypts assertions for the certificate. */
  encrypted?: boolean;
  /** The provider signs the whole response in addition to the assertion. */
  signed?: boolean;
  /** The NameID is different at each sign-in. Otherwise, it is the email address. */
  transient?: boolean;
};

/** Starts a SAML provider with the users alice (alicepw) and zoe (zoepw). Its form has `username` and `password`. */
export async function startSimpleSamlPhp(sps: SimpleSamlPhpSp[]): Promise<SimpleSamlPhp> {
  const entityId = 'urn:test:simplesamlphp';
  const server = await startServer({
    kind: 'simplesamlphp',
    path: '/saml2/idp/metadata.php',
    prepare({ port, directory }) {
      for (const path of ['config', 'metadata', 'cert', 'log', 'data', 'tmp', 'sessions'])
        mkdirSync(`${directory}/${path}`);
      const { privateKey, certificate } = makeKeyPair('simplesamlphp');
      writeFileSync(`${directory}/cert/idp.key`, privateKey);
      writeFileSync(`${directory}/cert/idp.crt`, certificate);
      writePhp(`${directory}/config/config.php`, 'config', mainConfig(`http://127.0.0.1:${String(port)}/`, directory));
      writePhp(`${directory}/config/authsources.php`, 'config', USERS);
      writePhp(`${directory}/metadata/saml20-idp-hosted.php`, 'metadata', { [entityId]: HOSTED });
      writePhp(`${directory}/metadata/saml20-sp-remote.php`, 'metadata', spMetadata(sps));
      return {
        program: 'php',
        args: ['-S', `127.0.0.1:${String(port)}`, '-t', ROOT],
        env: { SIMPLESAMLPHP_CONFIG_DIR: `${directory}/config` },
      };
    },
  });
  return {
    metadataUrl: `http://127.0.0.1:${String(server.port)}/saml2/idp/metadata.php`,
    entityId,
    log: server.log,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const writePhp = (file: string, variable: string, value: object): void =>
  writeFileSync(file, `<?php\n$${variable} = json_decode(<<<'JSON'\n${JSON.stringify(value)}\nJSON, true);\n`);

const EMAIL = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
const TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';

const HOSTED = {
  host: '__DEFAULT__',
  privatekey: 'idp.key',
  certificate: 'idp.crt',
  auth: 'users',
  'signature.algorithm': 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  authproc: { 3: { class: 'saml:AttributeNameID', attribute: 'mail', Format: EMAIL } },
};

const USERS = {
  admin: ['core:AdminPassword'],
  users: {
    0: 'exampleauth:UserPass',
    'alice:alicepw': {
      uid: ['alice'],
      mail: ['alice@example.test'],
      displayName: ['Alice'],
      groups: ['devs', 'admins'],
    },
    'zoe:zoepw': { uid: ['zoé'], mail: ['zoe@example.test'], displayName: ['Zoé <b>'] },
  },
};

const spMetadata = (sps: SimpleSamlPhpSp[]): object =>
  Object.fromEntries(
    sps.map(
      ({
        entityId,
        acsUrl,
        certificate,
        requestsSigned = false,
        encrypted = false,
        signed = true,
        transient = false,
      }) => [
        entityId,
        {
          AssertionConsumerService: acsUrl,
          NameIDFormat: transient ? TRANSIENT : EMAIL,
          'saml20.sign.response': signed,
          'saml20.sign.assertion': true,
          'assertion.encryption': encrypted,
          'validate.authnrequest': requestsSigned,
          ...(certificate !== undefined && { certData: certificate.replaceAll(/-----.*-----|\s/g, '') }),
        },
      ],
    ),
  );

const mainConfig = (url: string, directory: string): object => ({
  baseurlpath: url,
  certdir: `${directory}/cert/`,
  loggingdir: `${directory}/log/`,
  datadir: `${directory}/data/`,
  tempdir: `${directory}/tmp`,
  metadatadir: `${directory}/metadata`,
  secretsalt: 'of the tests alone',
  'auth.adminpassword': 'adminpw',
  timezone: 'UTC',
  'logging.handler': 'errorlog',
  showerrors: true,
  errorreporting: false,
  'enable.saml20-idp': true,
  'module.enable': { exampleauth: true, core: true, saml: true },
  'session.cookie.secure': false,
  'session.phpsession.savepath': `${directory}/sessions`,
  'session.phpsession.cookiename': 'SSPPHP',
  'store.type': 'phpsession',
  'language.available': ['en'],
  'language.default': 'en',
  'metadata.sources': [{ type: 'flatfile', directory: `${directory}/metadata` }],
  'authproc.idp': [],
  'trusted.url.domains': [],
});
