import type { OperatorId, PortalId, SessionId } from '@gatehouse/contract/ids';
import { OPERATOR_STATES } from '@gatehouse/contract/operator';
import { OPERATOR_ROLES } from '@gatehouse/contract/scopes';
import { GatehouseError } from '@gatehouse/contract/errors';
import { defineEntity, p } from '@mikro-orm/core';
import { id, time } from '../columns.ts';
import { Token } from './token.entity.ts';

const OperatorSchema = defineEntity({
  name: 'Operator',
  properties: {
    id: id<OperatorId>(),
    name: p.text(),
    email: p.text(),
    emailKey: p.text(),
    role: p.enum(OPERATOR_ROLES),
    portalIds: p.array<PortalId>().columnType('uuid[]').nullable(),
    state: p.enum(OPERATOR_STATES),
    passwordHash: p.text().nullable().hidden(),
    linkVersion: p.integer().default(0),
    lastLoginAt: time().nullable(),
    searchText: p.text().generated(`(lower(chr(10) || name || chr(10) || email)) stored`).lazy().nullable(),
    createdAt: time(),
    updatedAt: time(),
  },
  uniques: [{ name: 'operator_email_unique', properties: ['emailKey'] }],
  indexes: [
    { name: 'operator_created_at', properties: ['createdAt', 'id'] },
    { name: 'operator_name', properties: ['name', 'id'] },
    { name: 'operator_email', properties: ['emailKey', 'id'] },
    { name: 'operator_portals', expression: 'create index operator_portals on operator using gin (portal_ids)' },
    { name: 'operator_last_login_at', properties: ['lastLoginAt', 'id'] },
    {
      name: 'operator_search_terms',
      expression: 'create index operator_search_terms on operator using gin (trigram_text(search_text) gin_trgm_ops)',
    },
  ],
});

/** A person who runs portals. `portalIds`: null for all portals. */
export class Operator extends OperatorSchema.class {
  /** The operator has chosen a password. Earlier links stop working. */
  choosePassword(hash: string, now: Date): void {
    this.passwordHash = hash;
    this.linkVersion += 1;
    this.updatedAt = now;
  }

  activate(now: Date): void {
    this.state = 'active';
    this.updatedAt = now;
  }

  /** Earlier invitations stop working. */
  renewInvite(now: Date): void {
    if (this.state === 'disabled')
      throw new GatehouseError('illegal_state', 'The operator is disabled. Enable the operator first.');
    if (this.state === 'active')
      throw new GatehouseError('illegal_state', 'The operator has already accepted an invitation.');
    this.linkVersion += 1;
    this.updatedAt = now;
  }

  /** Returns false if the operator is already disabled. Mailed links stop working. */
  disable(now: Date): boolean {
    if (this.state === 'disabled') return false;
    this.state = 'disabled';
    this.linkVersion += 1;
    this.updatedAt = now;
    return true;
  }

  /** Returns false if the operator is not disabled. One who never chose a password needs a new invitation. */
  enable(now: Date): boolean {
    if (this.state !== 'disabled') return false;
    this.state = this.passwordHash === null ? 'invited' : 'active';
    this.updatedAt = now;
    return true;
  }
}
OperatorSchema.setClass(Operator);

const OperatorSessionSchema = defineEntity({
  name: 'OperatorSession',
  properties: {
    id: id<SessionId>(),
    operator: () => p.manyToOne(Operator).mapToPk().nullable().deleteRule('cascade'),
    token: () => p.manyToOne(Token).mapToPk().nullable().deleteRule('cascade'),
    tokenHash: p.text().hidden(),
    createdAt: time(),
    lastUsedAt: time(),
    expiresAt: time(),
  },
  uniques: [{ name: 'operator_session_token_hash_unique', properties: ['tokenHash'] }],
  indexes: [
    { name: 'operator_session_operator', properties: ['operator', 'createdAt', 'id'] },
    { name: 'operator_session_token', properties: ['token', 'createdAt', 'id'] },
    { name: 'operator_session_expires_at', properties: ['expiresAt'] },
  ],
  checks: [{ name: 'operator_session_has_one_holder', expression: 'num_nonnulls(operator_id, token_id) = 1' }],
});

/**
 * A sign-in to the console, by an operator or with an admin token. `tokenHash`: the SHA-256 of what the cookie holds.
 * `token`: the admin token, with which the session ends.
 */
export class OperatorSession extends OperatorSessionSchema.class {}
OperatorSessionSchema.setClass(OperatorSession);
