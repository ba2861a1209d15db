import { rowId } from '@gatehouse/contract/ids';
import { z } from 'zod';
import { Token as View } from '@gatehouse/contract/token';
import type { Token } from '@gatehouse/db/entities/token.entity';
import { isoColumn, isoTime, isoTimeOrNull } from '../list/iso-column.ts';
import { iso, isoOrNull } from '../kernel/present.ts';

export type TokenRow = Pick<Token, 'id' | 'kind' | 'name' | 'portal' | 'scopes' | 'prefix'> & {
  expiresAt?: Date | string | null | undefined;
  lastUsedAt?: Date | string | null | undefined;
  createdAt: Date | string;
};

export const TOKEN_COLUMNS = [
  'kind, name, portal_id as portal, scopes, prefix',
  isoColumn('expires_at', '"expiresAt"'),
  isoColumn('last_used_at', '"lastUsedAt"'),
  isoColumn('created_at', '"createdAt"'),
].join(', ');

export const TOKEN_ROW = {
  id: rowId.token,
  kind: View.shape.kind,
  name: z.string(),
  portal: rowId.portal.nullable(),
  scopes: View.shape.scopes,
  prefix: z.string(),
  expiresAt: isoTimeOrNull,
  lastUsedAt: isoTimeOrNull,
  createdAt: isoTime,
};

export const tokenView = (token: TokenRow): View => ({
  id: token.id,
  kind: token.kind,
  name: token.name,
  portal_id: token.portal ?? null,
  scopes: token.scopes,
  prefix: token.prefix,
  expires_at: isoOrNull(token.expiresAt),
  last_used_at: isoOrNull(token.lastUsedAt),
  created_at: iso(token.createdAt),
});
