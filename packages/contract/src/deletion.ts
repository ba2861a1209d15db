import { DeletionId, PortalUuid } from './ids.ts';
import { z } from 'zod';
import { pageInput, pageOf } from './page.ts';
import { Id, Timestamp } from './text.ts';

export const DELETION_STATUSES = ['pending', 'running', 'completed'] as const;
export const DELETION_CAUSES = ['deleted', 'rejected'] as const;
export const DELETION_PARTS = ['applications', 'credentials', 'subscriptions', 'approvals'] as const;

export type DeletionCause = (typeof DELETION_CAUSES)[number];
export type DeletionPart = (typeof DELETION_PARTS)[number];

const part = z.object({ total: z.int().min(0), erased: z.int().min(0) });

/** The deletion of one developer. Totals are 0 until the worker begins and counts the records. */
export const Deletion = z
  .object({
    id: Id,
    portal_id: Id,
    developer_id: z.string(),
    username: z.string(),
    requested_by: z.string().nullable(),
    cause: z.enum(DELETION_CAUSES),
    status: z.enum(DELETION_STATUSES),
    progress: z.object({ applications: part, credentials: part, subscriptions: part, approvals: part }),
    requested_at: Timestamp,
    completed_at: Timestamp.nullable(),
  })
  .meta({ id: 'Deletion' });
export type Deletion = z.infer<typeof Deletion>;
export const DeletionPage = pageOf(Deletion);

export const ListDeletionsInput = z.strictObject({
  portal_id: PortalUuid.optional(),
  status: z.enum(DELETION_STATUSES).optional(),
  ...pageInput(['requested_at']),
});
export const DeletionRef = z.strictObject({ deletion_id: DeletionId });
