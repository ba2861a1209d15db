import { LOGIN_OPTION_CONFIGS, type LdapConfig } from '@gatehouse/contract/login-option-config';
import { PEOPLE_DN, READER_DN } from './slapd-config.ts';
import type { Slapd } from './slapd.ts';
import type { TestCa } from './test-ca.ts';

/** The config of a login option for a test slapd, by LDAPS unless `changed` has `start_tls`. */
export const ldapConfig = (slapd: Slapd, ca: TestCa, changed: object = {}): LdapConfig =>
  LOGIN_OPTION_CONFIGS.ldap.parse({
    host: 'localhost',
    port: 'start_tls' in changed ? slapd.port : slapd.ldapsPort,
    base_dn: PEOPLE_DN,
    bind_dn: READER_DN,
    bind_password: 'readerpw',
    use_ssl: !('start_tls' in changed),
    root_ca_cert: ca.certificate,
    ...changed,
  });
