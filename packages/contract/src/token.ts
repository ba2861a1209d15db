import { PortalUuid, TokenId } from './ids.ts';
import { z } from 'zod';
import { pageInput, pageOf } from './page.ts';
import { Scope } from './scopes.ts';
import { Id, label, Timestamp } from './text.ts';

export const TOKEN_KINDS = ['admin', 'portal'] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

const token = {
  id: Id,
  kind: z.enum(TOKEN_KINDS),
  name: z.string(),
  portal_id: Id.nullable(),
  scopes: z.array(Scope),
  prefix: z.string(),
  expires_at: Timestamp.nullable(),
  last_used_at: Timestamp.nullable(),
  created_at: Timestamp,
};

export const Token = z.object(token).meta({ id: 'Token' });
export type Token = z.infer<typeof Token>;
export const TokenPage = pageOf(Token);

/** The only response with the secret. Only its SHA-256 is stored. */
export const NewToken = z.object({ ...token, token: z.string() }).meta({ id: 'NewToken' });
export type NewToken = z.infer<typeof NewToken>;

export const ListTokensInput = z.strictObject({
  kind: z.enum(TOKEN_KINDS).optional(),
  portal_id: PortalUuid.optional(),
  ...pageInput(['created_at', 'name']),
});
export const TokenRef = z.strictObject({ token_id: TokenId });
export const CreateTokenInput = z.strictObject({
  kind: z.enum(TOKEN_KINDS),
  name: label(100),
  portal_id: PortalUuid.optional(),
  scopes: z.array(Scope).min(1).max(40).optional(),
  expires_at: z.iso.datetime({ error: 'Must be an ISO 8601 time in UTC' }).optional(),
});
