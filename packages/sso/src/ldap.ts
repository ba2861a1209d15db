import { randomUUID } from 'node:crypto';
import type { LdapConfig } from '@gatehouse/contract/login-option-config';
import type { VerifiedClaims } from '@gatehouse/contract/verified-claims';
import type { Client } from 'ldapts';
import { LRUCache } from 'lru-cache';
import pLimit, { type LimitFunction } from 'p-limit';
import { check } from './ldap.check.ts';
import { bindService, reach, resolve, secure } from './ldap.connection.ts';
import { findEntry, claimsOf } from './ldap.entry.ts';
import { meaning, PERSON_BIND } from './ldap.errors.ts';
import type { Egress } from '@gatehouse/egress/egress';
import { SsoError } from './sso-error.ts';

type LdapLogin = { username: string; password: string };

/** Concurrent sign-ins per server, and queued sign-ins, so that a hanging server cannot pile them up. */
const [AT_ONCE, WAITING] = [8, 32];
const limits = new LRUCache<string, LimitFunction>({ max: 1000, memoMethod: () => pLimit(AT_ONCE) });

/** The only protocol in which people type their password into the portal. All methods throw `SsoError`. */
export const ldap = {
  async login(config: LdapConfig, egress: Egress, typed: LdapLogin): Promise<VerifiedClaims> {
    // Many servers treat a bind with an empty password as an anonymous bind, and accept it.
    if (typed.password === '' || /\p{Cc}/u.test(typed.username + typed.password)) throw wrongLogin();
    const limit = limits.memo(`${config.host} ${String(config.port)}`);
    if (limit.pendingCount >= WAITING)
      throw new SsoError('unreachable', 'The LDAP server is busy. Too many sign-ins are already queued.');
    return limit(() => login(config, egress, typed));
  },
  check,
};

async function login(config: LdapConfig, egress: Egress, { username, password }: LdapLogin): Promise<VerifiedClaims> {
  const address = await resolve(config, egress);
  const connected = async <T>(ask: (client: Client) => Promise<T>): Promise<T> => {
    await using connection = await secure(config, await reach(config, address));
    return await ask(connection.client);
  };
  const entry = await connected(async (client) => {
    await bindService(config, client);
    return findEntry(config, client, username);
  });
  // Uses a new connection, because some servers keep the first identity after a failed second bind.
  const bind = (dn: string) => connected((client) => meaning(PERSON_BIND, client.bind(dn, password)));
  if (entry) {
    await bind(entry.dn);
    return claimsOf(config, entry);
  }
  // An unknown username costs the same work and gets the same error as a wrong password. The random name cannot exist.
  await bind(`cn=${randomUUID()},${config.base_dn}`).catch((error: unknown) => {
    if (error instanceof SsoError && error.reason === 'unreachable') throw error;
  });
  throw wrongLogin();
}

const wrongLogin = (): SsoError => new SsoError('wrong_login', 'The username or password is incorrect.');
