import { newId } from '@gatehouse/db/columns';
import { fieldError } from '@gatehouse/contract/errors';
import { comparable } from '@gatehouse/db/comparable';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import type { Scope } from '../kernel/command.ts';
import { randomBase62 } from '../crypto/secret.ts';

type NewDeveloper = {
  portal: Portal;
  /** Made here where none is given. */
  developerId?: string;
  username: string;
  name: string | undefined;
  labels: Record<string, string>;
  state: 'Pending' | 'Active';
  /** Null: its front end or an identity provider signs it in. */
  passwordHash: string | null;
  provider?: 'builtin' | 'sso';
};

/** An account. The caller sets its email and knows whether it is verified. */
export function newDeveloper(
  { em, now }: Scope,
  { portal, developerId = `dev_${randomBase62(20)}`, provider = 'builtin', ...given }: NewDeveloper,
): Developer {
  const { username, name, labels, state, passwordHash } = given;
  return em.create(Developer, {
    id: newId(),
    portal: portal.id,
    developerId,
    username,
    usernameKey: comparable(username),
    name: name ?? username,
    labels,
    adminLabels: {},
    state,
    provider,
    passwordHash,
    createdAt: now,
    updatedAt: now,
  });
}

/** Refuses a username that is an address other than the record's own, so that no one signs in with another's address. */
export const isForeignAddress = (username: string, email: string | null | undefined): boolean =>
  username.normalize('NFKC').includes('@') && (!email || comparable(username) !== comparable(email));

/** A username with an `@` must be the record's own email. */
export function assertUsernameIsNoForeignAddress(username: string, email: string | undefined): void {
  if (isForeignAddress(username, email))
    throw fieldError('invalid_input', 'username', 'A username that contains @ must equal the email.');
}

/** A username that is an address stays the record's own address. */
export function assertUsernameStaysOwn(username: string, email: string | null): void {
  if (isForeignAddress(username, email))
    throw fieldError('invalid_input', 'email', 'The email cannot change while the username is the same address.');
}
