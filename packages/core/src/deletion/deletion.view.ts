import { rowId } from '@gatehouse/contract/ids';
import { z } from 'zod';
import { Deletion as View } from '@gatehouse/contract/deletion';
import type { Deletion } from '@gatehouse/db/entities/deletion.entity';
import { isoColumn, isoTime, isoTimeOrNull } from '../list/iso-column.ts';
import { iso, isoOrNull } from '../kernel/present.ts';

export type DeletionRow = Pick<
  Deletion,
  'id' | 'portal' | 'developerId' | 'username' | 'requestedBy' | 'cause' | 'status' | 'progress'
> & {
  requestedAt: Date | string;
  completedAt?: Date | string | null | undefined;
};

export const DELETION_COLUMNS = [
  'portal_id as portal, developer_id as "developerId", username, requested_by as "requestedBy", cause, status, progress',
  isoColumn('requested_at', '"requestedAt"'),
  isoColumn('completed_at', '"completedAt"'),
].join(', ');

export const DELETION_ROW = {
  id: rowId.deletion,
  portal: rowId.portal,
  developerId: z.string(),
  username: z.string(),
  requestedBy: z.string().nullable(),
  cause: View.shape.cause,
  status: View.shape.status,
  progress: View.shape.progress,
  requestedAt: isoTime,
  completedAt: isoTimeOrNull,
};

export const deletionView = (deletion: DeletionRow): View => ({
  id: deletion.id,
  portal_id: deletion.portal,
  developer_id: deletion.developerId,
  username: deletion.username,
  requested_by: deletion.requestedBy ?? null,
  cause: deletion.cause,
  status: deletion.status,
  progress: deletion.progress,
  requested_at: iso(deletion.requestedAt),
  completed_at: isoOrNull(deletion.completedAt),
});
