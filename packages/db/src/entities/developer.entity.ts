import type { DeveloperId, DeveloperUid } from '@gatehouse/contract/ids';
import { defineEntity, p } from '@mikro-orm/core';
import { DEVELOPER_PROVIDERS, DEVELOPER_STATES } from '@gatehouse/contract/developer';
import type { Locale } from '@gatehouse/contract/locale';
import { GatehouseError } from '@gatehouse/contract/errors';
import { id, labels, time } from '../columns.ts';
import { comparable } from '../comparable.ts';
import { developerIndexes } from './developer.indexes.ts';
import { Portal } from './portal.entity.ts';

const DeveloperSchema = defineEntity({
  name: 'Developer',
  properties: {
    id: id<DeveloperUid>(),
    portal: () => p.manyToOne(Portal).mapToPk(),
    developerId: p.text().$type<DeveloperId>(),
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
    locale: p.text().$type<Locale>().nullable(),
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

/** A developer account. Once `leftAt` is set, reads ignore it and its names are free; then the worker erases it. */
export class Developer extends DeveloperSchema.class {
  accept(now: Date): void {
    if (this.state !== 'Pending') throw this.cannot('be accepted');
    this.state = 'Active';
    this.updatedAt = now;
  }

  /** Returns false if the developer is already suspended; the first reason stays. */
  suspend(now: Date, reason: string | null = null): boolean {
    if (this.state === 'Suspended') return false;
    if (this.state === 'Pending') throw this.cannot('be suspended');
    this.state = 'Suspended';
    this.stateReason = reason;
    // Links that were mailed before the suspension must not work after it.
    this.linkVersion += 1;
    this.updatedAt = now;
    return true;
  }

  /** Returns false if the developer is already active. */
  reactivate(now: Date, reason: string | null = null): boolean {
    if (this.state === 'Active') return false;
    if (this.state === 'Pending') throw this.cannot('be reactivated. Decide the approval instead');
    this.state = 'Active';
    this.stateReason = reason;
    this.updatedAt = now;
    return true;
  }

  /** Renews with a one-time password, or with a mailed link if `hash` is null. Previous ones stop working. */
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

  /** A password that the developer has chosen. Earlier links and one-time passwords stop working. */
  changePassword(hash: string, now: Date): void {
    this.passwordHash = hash;
    this.mustChangePassword = false;
    this.oneTimePasswordExpiresAt = null;
    this.linkVersion += 1;
    this.updatedAt = now;
  }

  /** Sets an address on behalf of an admin. It is unique in the portal, and must still be verified. */
  changeEmail(email: string | null): void {
    this.email = email;
    this.emailKey = email === null ? null : comparable(email);
    this.emailVerified = false;
    this.emailSetByAdmin = email !== null;
    this.pendingEmail = null;
    this.linkVersion += 1;
  }

  /** Sets an unverified address that the developer entered. Several developers may enter the same one. */
  chooseEmail(email: string | null): void {
    this.changeEmail(email);
    this.emailSetByAdmin = false;
  }

  /** Sets the address that replaces the current one once its link is opened; null cancels the change. */
  requestEmail(email: string | null): void {
    this.pendingEmail = email;
    this.linkVersion += 1;
  }

  /** Marks the address as verified, because its mailed link was opened. The link works once. */
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
