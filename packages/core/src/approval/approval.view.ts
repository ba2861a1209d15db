import { rowId } from '@gatehouse/contract/ids';
import { z } from 'zod';
import { Approval as View } from '@gatehouse/contract/approval';
import type { Approval } from '@gatehouse/db/entities/approval.entity';
import { isoColumn, isoTime, isoTimeOrNull } from '../list/iso-column.ts';
import { iso, isoOrNull } from '../kernel/present.ts';

type ApprovalFields = Pick<
  Approval,
  | 'id'
  | 'portal'
  | 'event'
  | 'status'
  | 'result'
  | 'resourceType'
  | 'resourceId'
  | 'resourceName'
  | 'applicantId'
  | 'applicantName'
  | 'operatorId'
  | 'operatorName'
  | 'reason'
  | 'metadata'
>;
export type ApprovalRow = ApprovalFields & {
  appliedAt: Date | string;
  createdAt: Date | string;
  updatedAt: Date | string;
  operatedAt?: Date | string | null | undefined;
};

export const APPROVAL_COLUMNS = [
  'a.portal_id as portal, p.name as "portalName", a.event, a.status, a.result, a.resource_type as "resourceType", a.resource_id as "resourceId"',
  'a.resource_name as "resourceName", a.applicant_id as "applicantId", a.applicant_name as "applicantName", a.operator_id as "operatorId"',
  'a.operator_name as "operatorName", a.reason, a.metadata',
  isoColumn('a.applied_at', '"appliedAt"'),
  isoColumn('a.operated_at', '"operatedAt"'),
  isoColumn('a.created_at', '"createdAt"'),
  isoColumn('a.updated_at', '"updatedAt"'),
].join(', ');

export const APPROVAL_ROW = {
  id: rowId.approval,
  portal: rowId.portal,
  portalName: z.string(),
  event: View.shape.event,
  status: View.shape.status,
  result: View.shape.result,
  resourceType: View.shape.resource_type,
  resourceId: z.string(),
  resourceName: z.string(),
  applicantId: z.string(),
  applicantName: z.string(),
  operatorId: z.string().nullable(),
  operatorName: z.string().nullable(),
  reason: z.string().nullable(),
  metadata: z.string().nullable(),
  appliedAt: isoTime,
  operatedAt: isoTimeOrNull,
  createdAt: isoTime,
  updatedAt: isoTime,
};

/** A pending approval disappears with its developer, so every read joins the developers who have not left. */
export const APPROVAL_FROM =
  'approval a join portal p on p.id = a.portal_id left join developer d on d.id = a.developer_uid';
export const APPROVAL_LIVING = `(a.status = 'finished' or d.left_at is null)`;

export const approvalView = (approval: ApprovalRow, portalName: string): View => ({
  id: approval.id,
  portal_id: approval.portal,
  portal_name: portalName,
  event: approval.event,
  status: approval.status,
  result: approval.result ?? null,
  resource_type: approval.resourceType,
  resource_id: approval.resourceId,
  resource_name: approval.resourceName,
  applicant_id: approval.applicantId,
  applicant_name: approval.applicantName,
  operator_id: approval.operatorId ?? null,
  operator_name: approval.operatorName ?? null,
  reason: approval.reason ?? null,
  metadata: approval.metadata ?? null,
  applied_at: iso(approval.appliedAt),
  operated_at: isoOrNull(approval.operatedAt),
  created_at: iso(approval.createdAt),
  updated_at: iso(approval.updatedAt),
});
