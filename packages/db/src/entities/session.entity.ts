import type { SessionId } from '@gatehouse/contract/ids';
import { defineEntity, p } from '@mikro-orm/core';
import { id, time } from '../columns.ts';
import { Developer } from './developer.entity.ts';
import { LoginOption } from './login-option.entity.ts';

const SessionSchema = defineEntity({
  name: 'Session',
  properties: {
    id: id<SessionId>(),
    developer: () => p.manyToOne(Developer).mapToPk().fieldName('developer_uid').deleteRule('cascade'),
    loginOption: () => p.manyToOne(LoginOption).mapToPk().nullable().deleteRule('cascade'),
    tokenHash: p.text().hidden(),
    restricted: p.boolean().default(false),
    createdAt: time(),
    lastUsedAt: time(),
    expiresAt: time(),
  },
  uniques: [{ name: 'session_token_hash_unique', properties: ['tokenHash'] }],
  indexes: [
    { name: 'session_developer', properties: ['developer', 'createdAt', 'id'] },
    { name: 'session_login_option', properties: ['loginOption'] },
    { name: 'session_expires_at', properties: ['expiresAt'] },
  ],
});

/**
 * One sign-in of a developer. Stores only the SHA-256 of the token, which suffices for 256 random bits (ASVS 6.5.2).
 * `restricted`: started with a one-time password, so it may only change that password. `loginOption`: null for a
 * sign-in with a password of this service.
 */
export class Session extends SessionSchema.class {
  /** Lifts the restriction after a password change, under a new token. */
  renew(tokenHash: string, expiresAt: Date): void {
    this.tokenHash = tokenHash;
    this.restricted = false;
    this.expiresAt = expiresAt;
  }
}
SessionSchema.setClass(Session);
