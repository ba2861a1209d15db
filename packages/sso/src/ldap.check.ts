import type { LdapConfig } from '@gatehouse/contract/login-option-config';
import type { LoginOptionCheck } from '@gatehouse/contract/login-option';
import { bindService, reach, resolve, secure } from './ldap.connection.ts';
import { findEntry, missingOf } from './ldap.entry.ts';
import { meaning, SEARCH } from './ldap.errors.ts';
import { subjectOf } from './ldap.subject.ts';
import type { Egress } from '@gatehouse/egress/egress';
import { SsoError } from './sso-error.ts';

/** `username`: an existing person, to test the search and the attributes. Stops at the first failure. */
export async function check(config: LdapConfig, egress: Egress, username?: string): Promise<LoginOptionCheck[]> {
  const checks: LoginOptionCheck[] = [];
  let step = 'reachable';
  const found = (status: LoginOptionCheck['status'], message: string, next = step): void => {
    checks.push({ name: step, status, message });
    step = next;
  };
  try {
    const socket = await reach(config, await resolve(config, egress));
    found('passed', 'The host and port accept connections.', 'certificate');
    await using connection = await secure(config, socket);
    const { client } = connection;
    if (config.ssl_verify) found('passed', 'The certificate is trusted.', 'bind');
    else found('unknown', 'The certificate was not checked, because ssl_verify is off.', 'bind');
    await bindService(config, client);
    found('passed', config.bind_dn === undefined ? 'No bind_dn is set.' : 'bind_dn can sign in.', 'base_dn');
    await meaning(SEARCH, client.search(config.base_dn, { scope: 'base', attributes: ['1.1'] }));
    found('passed', 'base_dn exists.', 'username');
    if (username === undefined) {
      found('unknown', 'Send the username of an existing person to test the search and the attributes.');
      return checks;
    }
    const entry = await findEntry(config, client, username);
    if (!entry)
      throw new SsoError(
        'misconfigured',
        `No entry has this ${config.identifier}, or bind_dn is not allowed to read it.`,
      );
    found('passed', 'The username has exactly one entry.', 'subject');
    const { attribute } = subjectOf(config, entry);
    found('passed', `${attribute} identifies people.`, 'attributes');
    const missing = missingOf(config, entry);
    if (missing.length > 0)
      throw new SsoError(
        'missing_attribute',
        `The entry has no ${missing.join(', ')}, or bind_dn is not allowed to read it.`,
      );
    found('passed', 'The entry has all mapped attributes.');
  } catch (error) {
    if (!(error instanceof SsoError)) throw error;
    found('failed', error.message);
  }
  return checks;
}
