import type { TokenId } from '@gatehouse/contract/ids';
import { defineEntity, p } from '@mikro-orm/core';
import type { Scope } from '@gatehouse/contract/scopes';
import { TOKEN_KINDS } from '@gatehouse/contract/token';
import { id, time } from '../columns.ts';
import { Portal } from './portal.entity.ts';

const TokenSchema = defineEntity({
  name: 'Token',
  properties: {
    id: id<TokenId>(),
    kind: p.enum(TOKEN_KINDS),
    name: p.text(),
    portal: () => p.manyToOne(Portal).mapToPk().nullable().deleteRule('cascade').index('token_portal'),
    scopes: p.json<Scope[]>(),
    prefix: p.text(),
    hash: p.text().hidden(),
    bootstrap: p.boolean().default(false),
    expiresAt: time().nullable(),
    lastUsedAt: time().nullable(),
    createdAt: time(),
  },
  uniques: [{ name: 'token_hash_unique', properties: ['hash'] }],
  indexes: [
    { name: 'token_created_at', properties: ['createdAt', 'id'] },
    { name: 'token_name', properties: ['name', 'id'] },
    {
      name: 'token_one_bootstrap',
      expression: 'create unique index token_one_bootstrap on token (bootstrap) where bootstrap',
    },
  ],
});

/** Access to the API. Stores only the SHA-256 of the secret, which suffices for 256 random bits (ASVS 6.5.2). */
export class Token extends TokenSchema.class {
  regenerate(secret: { prefix: string; hash: string }): void {
    this.prefix = secret.prefix;
    this.hash = secret.hash;
  }
}
TokenSchema.setClass(Token);
