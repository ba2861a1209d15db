import { ApprovalId, PortalUuid } from './ids.ts';
import { z } from 'zod';
import { pageInput, pageOf, searchInput } from './page.ts';
import { Id, line, opaque, Timestamp, reason } from './text.ts';

export const APPROVAL_EVENTS = ['developer_registration', 'api_product_subscription'] as const;
export const APPROVAL_STATUSES = ['pending', 'finished'] as const;
export const APPROVAL_RESULTS = ['accepted', 'rejected', 'cancelled'] as const;
export const APPROVAL_RESOURCES = ['developer', 'api_product'] as const;

export type ApprovalResult = (typeof APPROVAL_RESULTS)[number];

/** Keeps names as they were when the request was made, because approvals outlive the records they name. */
export const Approval = z
  .object({
    id: Id,
    portal_id: Id,
    portal_name: z.string(),
    event: z.enum(APPROVAL_EVENTS),
    status: z.enum(APPROVAL_STATUSES),
    result: z.enum(APPROVAL_RESULTS).nullable(),
    resource_type: z.enum(APPROVAL_RESOURCES),
    resource_id: z.string(),
    resource_name: z.string(),
    applicant_id: z.string(),
    applicant_name: z.string(),
    operator_id: z.string().nullable(),
    operator_name: z.string().nullable(),
    reason: z.string().nullable(),
    metadata: z.string().nullable(),
    applied_at: Timestamp,
    operated_at: Timestamp.nullable(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Approval' });
export type Approval = z.infer<typeof Approval>;
export const ApprovalPage = pageOf(Approval);

export const ListApprovalsInput = z.strictObject({
  event: z.enum(APPROVAL_EVENTS).optional(),
  status: z.enum(APPROVAL_STATUSES).optional(),
  result: z.enum(APPROVAL_RESULTS).optional(),
  portal_id: PortalUuid.optional(),
  resource_type: z.enum(APPROVAL_RESOURCES).optional(),
  resource_name: line(256).optional(),
  applicant_name: line(100).optional(),
  operator_name: line(100).optional(),
  ...searchInput,
  ...pageInput(['applied_at', 'operated_at', 'resource_name']),
});

export const ApprovalRef = z.strictObject({ approval_id: ApprovalId });

export const DecideApprovalInput = z.strictObject({
  approval_id: ApprovalId,
  reason: reason.optional(),
  metadata: opaque(65_536).optional(),
});
