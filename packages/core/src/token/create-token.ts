import { newId } from '@gatehouse/db/columns';
import { fieldError, notFound } from '@gatehouse/contract/errors';
import { PORTAL_TOKEN_SCOPES, type Scope } from '@gatehouse/contract/scopes';
import { CreateTokenInput, NewToken, type TokenKind } from '@gatehouse/contract/token';
import { Portal } from '@gatehouse/db/entities/portal.entity';
import { Token } from '@gatehouse/db/entities/token.entity';
import { changed, command } from '../kernel/command.ts';
import { expiryOf } from '../kernel/expiry.ts';
import { newTokenSecret } from './new-secret.ts';
import { createWithin } from './token.policy.ts';
import { tokenView } from './token.view.ts';

const DEFAULT_SCOPES: Record<TokenKind, Scope[]> = { admin: ['*'], portal: PORTAL_TOKEN_SCOPES };

export const createToken = command({
  name: 'tokens.create',
  access: 'tokens:write',
  summary: 'Create a token; only this response contains its secret',
  input: CreateTokenInput,
  output: NewToken,
  async run({ em, actor, now, authorize, emit }, { kind, name, portal_id, scopes = DEFAULT_SCOPES[kind], expires_at }) {
    if (kind === 'portal' && portal_id === undefined)
      throw fieldError('invalid_input', 'portal_id', 'A portal token requires the portal_id of its portal.');
    if (kind === 'portal' && scopes.includes('*'))
      throw fieldError('invalid_input', 'scopes', 'A portal token cannot have the scope *.');
    const expiresAt = expiryOf(expires_at, now);
    const portal = portal_id ?? null;
    authorize(createWithin(actor, { kind, portal, scopes, expiresAt }));
    if (portal !== null && !(await em.findOne(Portal, portal))) throw notFound('portal');
    const { token: secret, prefix, hash } = newTokenSecret(kind);
    const token = em.create(Token, {
      id: newId(),
      kind,
      name,
      portal,
      scopes: [...new Set(scopes)],
      prefix,
      hash,
      expiresAt,
      createdAt: now,
    });
    emit('token.created', token);
    return changed({ ...tokenView(token), token: secret });
  },
});
