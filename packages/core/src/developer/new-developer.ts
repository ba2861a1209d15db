import { newId } from '@gatehouse/db/columns';
import { fieldError } from '@gatehouse/contract/errors';
import { comparable, Developer } from '@gatehouse/db/entities/developer.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import type { Scope } from '../command.ts';
import { randomBase62 } from '../secret.ts';

type NewDeveloper = {
  portal: Portal;
  /** Made here where none is given. */
  developerId?: string;
  username: string;
  name: string | undefined;
  labels: Record<string, string>;
  state: 'Pending' | 'Active';
  /** Null: its front end signs it in. */
  passwordHash: string | null;
};

/** A built-in account; its email is set by the caller, who knows what vouches for it. */
export function newDeveloper(
  { em, now }: Scope,
  { portal, developerId = `dev_${randomBase62(20)}`, username, name, labels, state, passwordHash }: NewDeveloper,
): Developer {
  return em.create(Developer, {
    id: newId(),
    portal: portal.id,
    developerId,
    username,
    usernameKey: comparable(username),
    name: name ?? username,
    labels,
    state,
    provider: 'builtin',
    passwordHash,
    createdAt: now,
    updatedAt: now,
  });
}

/** Nobody may sign in under another's address: a username with an `@` must be the record's own email. */
export function assertUsernameIsNoForeignAddress(username: string, email: string | undefined): void {
  if (!username.normalize('NFKC').includes('@')) return;
  if (email !== undefined && comparable(username) === comparable(email)) return;
  throw fieldError('invalid_input', 'username', 'A username with @ in it must be the same as the email.');
}

/** A username that is an address stays the record's own address. */
export function assertUsernameStaysOwn(username: string, email: string | null): void {
  if (!username.normalize('NFKC').includes('@')) return;
  if (email !== null && comparable(email) === comparable(username)) return;
  throw fieldError('invalid_input', 'email', 'The username is this address: the email must stay the same.');
}
