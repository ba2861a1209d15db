import type { TokenId } from '@gatehouse/contract/ids';
import { GatehouseError, notFound } from '@gatehouse/contract/errors';
import { Token } from '@gatehouse/db/entities/token.entity';
import { LockMode } from '@mikro-orm/core';
import type { Scope } from '../kernel/command.ts';
import { isId } from '../list/ids.ts';
import { manageToken } from './token.policy.ts';

/** The token, locked, if the actor may manage it. */
export async function lockToken({ em, actor, authorize }: Scope, tokenId: TokenId): Promise<Token> {
  const token = isId(tokenId)
    ? await em.findOne(Token, { id: tokenId }, { lockMode: LockMode.PESSIMISTIC_WRITE })
    : null;
  if (!token) throw notFound('token');
  authorize(
    manageToken(actor, {
      kind: token.kind,
      portal: token.portal ?? null,
      scopes: token.scopes,
      expiresAt: token.expiresAt ?? null,
    }),
  );
  if (token.bootstrap) {
    throw new GatehouseError(
      'illegal_state',
      'GATEHOUSE_ADMIN_TOKEN sets this token. Change the variable and restart the api.',
    );
  }
  return token;
}
