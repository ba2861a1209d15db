import type { DeletionId } from '@gatehouse/contract/ids';
import { defineEntity, p } from '@mikro-orm/core';
import { DELETION_CAUSES, DELETION_PARTS, DELETION_STATUSES, type DeletionPart } from '@gatehouse/contract/deletion';
import { id, time } from '../columns.ts';
import { Developer } from './developer.entity.ts';
import { Portal } from './portal.entity.ts';

export type DeletionProgress = Record<DeletionPart, { total: number; erased: number }>;

export const NO_PROGRESS: DeletionProgress = {
  applications: { total: 0, erased: 0 },
  credentials: { total: 0, erased: 0 },
  subscriptions: { total: 0, erased: 0 },
  approvals: { total: 0, erased: 0 },
};

const DeletionSchema = defineEntity({
  name: 'Deletion',
  properties: {
    id: id<DeletionId>(),
    portal: () => p.manyToOne(Portal).mapToPk().deleteRule('cascade'),
    developer: () =>
      p
        .manyToOne(Developer)
        .mapToPk()
        .fieldName('developer_uid')
        .nullable()
        .deleteRule('set null')
        .index('deletion_developer'),
    developerId: p.text(),
    username: p.text(),
    requestedBy: p.text().nullable(),
    cause: p.enum(DELETION_CAUSES),
    status: p.enum(DELETION_STATUSES),
    progress: p.json<DeletionProgress>(),
    dueAt: time(),
    requestedAt: time(),
    completedAt: time().nullable(),
    anonymisedAt: time().nullable(),
  },
  indexes: [
    {
      name: 'deletion_portal_requested_at',
      expression: `create index deletion_portal_requested_at on deletion (portal_id, requested_at, id)`,
    },
    {
      name: 'deletion_status',
      expression: `create index deletion_status on deletion (status, requested_at, id)`,
    },
    { name: 'deletion_requested_at', properties: ['requestedAt', 'id'] },
    { name: 'deletion_due', expression: `create index deletion_due on deletion (due_at) where status <> 'completed'` },
    {
      name: 'deletion_to_anonymise',
      expression: `create index deletion_to_anonymise on deletion (completed_at) where anonymised_at is null`,
    },
  ],
});

/**
 * The deletion of one developer, which the worker performs in batches. `dueAt`: when the sweeper checks for a stall.
 */
export class Deletion extends DeletionSchema.class {
  /**
   * Counts the records that a batch erased. Records created meanwhile raise the total, so that progress always adds up.
   */
  erased(part: DeletionPart, count: number): void {
    const { total, erased } = this.progress[part];
    const now = erased + count;
    this.progress = { ...this.progress, [part]: { total: Math.max(total, now), erased: now } };
  }

  complete(now: Date): void {
    for (const part of DELETION_PARTS) {
      const { erased } = this.progress[part];
      this.progress = { ...this.progress, [part]: { total: erased, erased } };
    }
    this.status = 'completed';
    this.completedAt = now;
  }
}
DeletionSchema.setClass(Deletion);
