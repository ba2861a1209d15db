import { defineEntity, p } from '@mikro-orm/core';
import { DEVELOPER_PROVIDERS, DEVELOPER_STATES } from '@gatehouse/contract/developer';
import { GatehouseError } from '@gatehouse/contract/errors';
import { id, labels, time } from '../columns.ts';
import { comparable } from '../comparable.ts';
import { developerIndexes } from './developer.indexes.ts';
import { Portal } from './portal.entity.ts';

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
  indexes: [...developerIndexes, { name: 'developer_portal', properties: ['portal'] }],
});

/** A developer account. Once `leftAt` is set, no read finds it and its names are available; the worker erases it. */
export class Developer extends DeveloperSchema.class {
  accept(now: Date): void {
    if (this.state !== 'Pending') throw this.cannot('be accepted');
    this.state = 'Active';
    this.updatedAt = now;
  }

  /** False if it is suspended already; the first reason stays. */
  suspend(now: Date, reason: string | null = null): boolean {
    if (this.state === 'Suspended') return false;
    if (this.state === 'Pending') throw this.cannot('be suspended');
    this.state = 'Suspended';
    this.stateReason = reason;
    // Links that were mailed before must not work when the suspension ends.
    this.linkVersion += 1;
    this.updatedAt = now;
    return true;
  }

  /** False if it is active already. */
  reactivate(now: Date, reason: string | null = null): boolean {
    if (this.state === 'Active') return false;
    if (this.state === 'Pending') throw this.cannot('be reactivated; decide its approval');
    this.state = 'Active';
    this.stateReason = reason;
    this.updatedAt = now;
    return true;
  }

  /** With another one-time password, or with a mailed link if `hash` is null. The previous ones stop working. */
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

  /** The developer's own choice. Links and one-time passwords from before stop working. */
  changePassword(hash: string, now: Date): void {
    this.passwordHash = hash;
    this.mustChangePassword = false;
    this.oneTimePasswordExpiresAt = null;
    this.linkVersion += 1;
    this.updatedAt = now;
  }

  /** An address set by an admin is unique in the portal, and still has to be verified. */
  changeEmail(email: string | null): void {
    this.email = email;
    this.emailKey = email === null ? null : comparable(email);
    this.emailVerified = false;
    this.emailSetByAdmin = email !== null;
    this.pendingEmail = null;
    this.linkVersion += 1;
  }

  /** An address that the developer claims, unverified. Several developers may claim the same one. */
  chooseEmail(email: string | null): void {
    this.changeEmail(email);
    this.emailSetByAdmin = false;
  }

  /** The address that replaces the present one once its link is followed; null cancels the change. */
  requestEmail(email: string | null): void {
    this.pendingEmail = email;
    this.linkVersion += 1;
  }

  /** A link mailed to the address was followed. It works once. */
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
