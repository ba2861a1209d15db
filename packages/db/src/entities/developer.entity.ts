import { defineEntity, p } from '@mikro-orm/core';
import { DEVELOPER_PROVIDERS, DEVELOPER_STATES } from '@gatehouse/contract/developer';
import { GatehouseError } from '@gatehouse/contract/errors';
import { id, labels, time } from '../columns.ts';
import { Portal } from './portal.entity.ts';

const living = 'left_at is null';

const DeveloperSchema = defineEntity({
  name: 'Developer',
  properties: {
    id: id(),
    portal: () => p.manyToOne(Portal).mapToPk(),
    developerId: p.text(),
    username: p.text(),
    usernameKey: p.text(),
    name: p.text(),
    email: p.text().nullable(),
    emailKey: p.text().nullable(),
    emailVerified: p.boolean().default(false),
    emailSetByAdmin: p.boolean().default(false),
    pendingEmail: p.text().nullable(),
    state: p.enum(DEVELOPER_STATES),
    stateReason: p.text().nullable(),
    provider: p.enum(DEVELOPER_PROVIDERS),
    labels: labels(),
    adminLabels: labels(),
    passwordHash: p.text().nullable().hidden(),
    mustChangePassword: p.boolean().default(false),
    oneTimePasswordExpiresAt: time().nullable(),
    linkVersion: p.integer().default(0),
    lastActiveAt: time().nullable(),
    leftAt: time().nullable(),
    searchText: p
      .text()
      .generated(
        `(lower(chr(10) || username || chr(10) || name || chr(10) || coalesce(email, '') || chr(10) || developer_id)) stored`,
      )
      .lazy()
      .nullable(),
    createdAt: time(),
    updatedAt: time(),
  },
  indexes: [
    {
      name: 'developer_id_unique',
      expression: `create unique index developer_id_unique on developer (portal_id, developer_id) where ${living}`,
    },
    {
      name: 'developer_username_unique',
      expression: `create unique index developer_username_unique on developer (portal_id, username_key) where ${living}`,
    },
    {
      name: 'developer_email_unique',
      expression: `create unique index developer_email_unique on developer (portal_id, email_key) where ${living} and (email_verified or email_set_by_admin)`,
    },
    {
      name: 'developer_email',
      expression: `create index developer_email on developer (portal_id, email_key) where ${living}`,
    },
    {
      name: 'developer_unverified',
      expression: `create index developer_unverified on developer (created_at) where ${living} and state = 'Pending' and not email_verified`,
    },
    {
      name: 'developer_created_at',
      expression: `create index developer_created_at on developer (portal_id, created_at, id) where ${living}`,
    },
    {
      name: 'developer_state',
      expression: `create index developer_state on developer (portal_id, state, created_at, id) where ${living}`,
    },
    {
      name: 'developer_last_active_asc',
      expression: `create index developer_last_active_asc on developer (portal_id, last_active_at, id) where ${living}`,
    },
    {
      name: 'developer_last_active_desc',
      expression: `create index developer_last_active_desc on developer (portal_id, last_active_at desc nulls last, id desc) where ${living}`,
    },
    {
      name: 'developer_username_order',
      expression: `create index developer_username_order on developer (portal_id, username_key, id) where ${living}`,
    },
    {
      name: 'developer_name_order',
      expression: `create index developer_name_order on developer (portal_id, name, id) where ${living}`,
    },
    {
      name: 'developer_search',
      expression: `create index developer_search on developer using gin (portal_id, search_text gin_trgm_ops) where ${living}`,
    },
    {
      name: 'developer_short_words',
      expression: `create index developer_short_words on developer using gin (portal_id, short_words(search_text)) where ${living}`,
    },
    {
      name: 'developer_labels',
      expression: `create index developer_labels on developer using gin (portal_id, labels jsonb_path_ops) where ${living}`,
    },
    {
      name: 'developer_invited',
      expression: `create index developer_invited on developer (portal_id, created_at, id) where ${living} and must_change_password`,
    },
    {
      name: 'developer_admin_labels',
      expression: `create index developer_admin_labels on developer using gin (portal_id, admin_labels jsonb_path_ops) where ${living} and admin_labels <> '{}'::jsonb`,
    },
    { name: 'developer_portal', properties: ['portal'] },
  ],
});

/** How usernames and addresses are compared: after NFKC, without invisible characters (UAX #44) and without case. */
export const comparable = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase();

/** A developer account. `leftAt` set: gone for every reader, its names free again, to be erased by the worker. */
export class Developer extends DeveloperSchema.class {
  accept(now: Date): void {
    if (this.state !== 'Pending') throw this.cannot('be accepted');
    this.state = 'Active';
    this.updatedAt = now;
  }

  /** False when it is suspended already; the first reason stays. */
  suspend(now: Date, reason: string | null = null): boolean {
    if (this.state === 'Suspended') return false;
    if (this.state === 'Pending') throw this.cannot('be suspended');
    this.state = 'Suspended';
    this.stateReason = reason;
    // What was mailed before is not to work when the suspension ends.
    this.linkVersion += 1;
    this.updatedAt = now;
    return true;
  }

  /** False when it is active already. */
  reactivate(now: Date, reason: string | null = null): boolean {
    if (this.state === 'Active') return false;
    if (this.state === 'Pending') throw this.cannot('be reactivated; decide its approval');
    this.state = 'Active';
    this.stateReason = reason;
    this.updatedAt = now;
    return true;
  }

  /** By another one-time password, or (`hash` null) by a link that is mailed; what was given before stops working. */
  renewInvite({ hash, expiresAt }: { hash: string | null; expiresAt: Date }, now: Date): void {
    if (!this.mustChangePassword) {
      throw new GatehouseError(
        'illegal_state',
        'The developer has already chosen a password, so the invitation cannot be renewed.',
      );
    }
    this.passwordHash = hash;
    this.oneTimePasswordExpiresAt = expiresAt;
    this.linkVersion += 1;
    this.updatedAt = now;
  }

  /** Chosen by the developer itself: nothing that was mailed or given before works any more. */
  changePassword(hash: string, now: Date): void {
    this.passwordHash = hash;
    this.mustChangePassword = false;
    this.oneTimePasswordExpiresAt = null;
    this.linkVersion += 1;
    this.updatedAt = now;
  }

  /** An address set by an admin is unique in the portal, but proves nothing: it must be verified anew. */
  changeEmail(email: string | null): void {
    this.email = email;
    this.emailKey = email === null ? null : comparable(email);
    this.emailVerified = false;
    this.emailSetByAdmin = email !== null;
    this.pendingEmail = null;
    this.linkVersion += 1;
  }

  /** An address that the developer says is its own: nobody vouches for it, and several may say so. */
  chooseEmail(email: string | null): void {
    this.changeEmail(email);
    this.emailSetByAdmin = false;
  }

  /** The address that takes the place of the present one once its link is followed; null cancels the change. */
  requestEmail(email: string | null): void {
    this.pendingEmail = email;
    this.linkVersion += 1;
  }

  /** Whoever reads what is mailed to the address has said so by a link, which is used up. */
  verifyEmail(now: Date): void {
    this.emailVerified = true;
    this.linkVersion += 1;
    this.updatedAt = now;
  }

  leave(now: Date): void {
    this.leftAt = now;
    this.updatedAt = now;
  }

  private cannot(what: string): GatehouseError {
    return new GatehouseError('illegal_state', `The developer is ${this.state} and cannot ${what}.`);
  }
}
DeveloperSchema.setClass(Developer);
