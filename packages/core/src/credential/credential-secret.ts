import type { PortalId } from '@gatehouse/contract/ids';
import { statement } from '@gatehouse/db/statement';
import type { BasicAuth } from '@gatehouse/contract/credential';
import { fieldError } from '@gatehouse/contract/errors';
import { newId } from '@gatehouse/db/columns';
import { CredentialKey, CredentialLogin, type Credential } from '@gatehouse/db/entities/credential.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import type { Scope } from '../kernel/command.ts';
import { assertUncommon } from '../developer/password-rules.ts';
import { hashPassword } from '../crypto/password.ts';
import { settingsOf } from '../portal/portal-settings.ts';
import { newKey } from './key-format.ts';

/** The most hashes that wait. Further ones are refused with 503. */
const QUEUE = 32;

/** The secret of a credential. The response contains the key or password, the database only hashes. */
export type Secret =
  | { type: 'key-auth'; portalId: PortalId; key: string; prefix: string; hash: string }
  | { type: 'basic-auth'; portalId: PortalId; username: string; password: string; passwordHash: string };

/** A new key, or the given login with its password hash. Slow, so it runs before the transaction. */
export async function makeSecret(portal: Portal, login: BasicAuth | undefined): Promise<Secret> {
  if (!login) return { type: 'key-auth', portalId: portal.id, ...newKey(settingsOf(portal).key_prefix) };
  const { username, password } = login;
  await assertUncommon(password, { field: 'basic-auth/password', names: [username] });
  const passwordHash = await hashPassword(password, { queue: QUEUE });
  return { type: 'basic-auth', portalId: portal.id, username, password, passwordHash };
}

/** Makes the secret valid for the credential when the transaction commits. */
export async function giveSecret(scope: Scope, credential: Credential, secret: Secret): Promise<void> {
  const { em } = scope;
  switch (secret.type) {
    case 'key-auth':
      em.create(CredentialKey, { hash: secret.hash, credential: credential.id, expiresAt: null });
      credential.prefix = secret.prefix;
      return;
    case 'basic-auth': {
      const { portalId, username, passwordHash } = secret;
      await claimUsername(scope, { portalId, username, credentialId: credential.id });
      em.create(CredentialLogin, {
        id: newId(),
        credential: credential.id,
        portal: portalId,
        username,
        passwordHash,
        expiresAt: null,
      });
      credential.username = username;
    }
  }
}

/** Lets the current secret work until `until`, and revokes secrets of earlier overlaps. */
export async function retireSecrets({ em, now }: Scope, credential: Credential, until: Date): Promise<void> {
  for (const { endEarlier, endAll, expire } of SECRETS) {
    if (until > now) {
      await endEarlier.run(em, [credential.id]);
      await expire.run(em, [until, credential.id]);
    } else await endAll.run(em, [credential.id]);
  }
}

const endEarlier = (table: string) => `delete from ${table} where credential_id = ? and expires_at is not null`;
const endAll = (table: string) => `delete from ${table} where credential_id = ?`;
const expire = (table: string) => `update ${table} set expires_at = ? where credential_id = ?`;

const endEarlierKeys = statement({
  name: 'credential_key.end_earlier',
  text: endEarlier('credential_key'),
  params: ['uuid'],
});
const endKeys = statement({ name: 'credential_key.end', text: endAll('credential_key'), params: ['uuid'] });
const expireKeys = statement({
  name: 'credential_key.expire',
  text: expire('credential_key'),
  params: ['timestamp with time zone', 'uuid'],
});
const endEarlierLogins = statement({
  name: 'credential_login.end_earlier',
  text: endEarlier('credential_login'),
  params: ['uuid'],
});
const endLogins = statement({ name: 'credential_login.end', text: endAll('credential_login'), params: ['uuid'] });
const expireLogins = statement({
  name: 'credential_login.expire',
  text: expire('credential_login'),
  params: ['timestamp with time zone', 'uuid'],
});

const SECRETS = [
  { endEarlier: endEarlierKeys, endAll: endKeys, expire: expireKeys },
  { endEarlier: endEarlierLogins, endAll: endLogins, expire: expireLogins },
];

type Claim = { portalId: PortalId; username: string; credentialId: string };

/** Logins of a developer who has left but is not erased yet, and expired ones, do not reserve their username. */
const freeUsername = statement({
  name: 'credential_login.free_username',
  text: `delete from credential_login l using credential c, application a, developer d
  where l.portal_id = ? and l.username = ? and c.id = l.credential_id and a.id = c.application_id
    and d.id = a.developer_uid and (d.left_at is not null or l.expires_at <= ?)`,
  params: ['uuid', 'text', 'timestamp with time zone'],
});

const heldUsername = statement({
  name: 'credential_login.held_username',
  text: 'select from credential_login where portal_id = ? and username = ? and credential_id <> ? limit 1',
  params: ['uuid', 'text', 'uuid'],
});

/**
 * A username belongs to one credential, even during the overlap of an old password. The unique index decides between
 * concurrent claims.
 */
async function claimUsername({ em, now }: Scope, { portalId, username, credentialId }: Claim): Promise<void> {
  await freeUsername.run(em, [portalId, username, now]);
  const held = await heldUsername.first(em, [portalId, username, credentialId]);
  if (held) throw fieldError('username_taken', 'basic-auth/username', 'The username is already in use in this portal.');
}
