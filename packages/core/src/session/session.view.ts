import type { Session as View } from '@gatehouse/contract/session';
import { isoColumn } from '../list.ts';

export type SessionRow = { id: string; createdAt: string; lastUsedAt: string; expiresAt: string };

export const SESSION_COLUMNS = [
  isoColumn('created_at', '"createdAt"'),
  isoColumn('last_used_at', '"lastUsedAt"'),
  isoColumn('expires_at', '"expiresAt"'),
].join(', ');

export const sessionView = ({ id, createdAt, lastUsedAt, expiresAt }: SessionRow, current: string): View => ({
  id,
  current: id === current,
  created_at: createdAt,
  last_used_at: lastUsedAt,
  expires_at: expiresAt,
});
