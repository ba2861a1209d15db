import type { ApprovalId } from '@gatehouse/contract/ids';
import { defineEntity, p } from '@mikro-orm/core';
import {
  APPROVAL_EVENTS,
  APPROVAL_RESOURCES,
  APPROVAL_RESULTS,
  APPROVAL_STATUSES,
  type ApprovalResult,
} from '@gatehouse/contract/approval';
import { GatehouseError } from '@gatehouse/contract/errors';
import { id, time } from '../columns.ts';
import { Deletion } from './deletion.entity.ts';
import { Developer } from './developer.entity.ts';
import { Portal } from './portal.entity.ts';
import { Subscription } from './subscription.entity.ts';

const ApprovalSchema = defineEntity({
  name: 'Approval',
  properties: {
    id: id<ApprovalId>(),
    portal: () => p.manyToOne(Portal).mapToPk().deleteRule('cascade'),
    developer: () => p.manyToOne(Developer).mapToPk().fieldName('developer_uid').nullable().deleteRule('set null'),
    subscription: () =>
      p.manyToOne(Subscription).mapToPk().nullable().deleteRule('set null').index('approval_subscription'),
    deletion: () => p.manyToOne(Deletion).mapToPk().nullable().deleteRule('set null').index('approval_deletion'),
    event: p.enum(APPROVAL_EVENTS),
    status: p.enum(APPROVAL_STATUSES),
    result: p.enum(APPROVAL_RESULTS).nullable(),
    resourceType: p.enum(APPROVAL_RESOURCES),
    resourceId: p.text(),
    resourceName: p.text(),
    applicantId: p.text(),
    applicantName: p.text(),
    operatorId: p.text().nullable(),
    operatorName: p.text().nullable(),
    reason: p.text().nullable(),
    metadata: p.text().nullable(),
    searchText: p
      .text()
      .generated(`(lower(chr(10) || resource_name || chr(10) || applicant_name)) stored`)
      .lazy()
      .nullable(),
    appliedAt: time(),
    operatedAt: time().nullable(),
    createdAt: time(),
    updatedAt: time(),
  },
  indexes: [
    {
      name: 'approval_owner',
      expression: `create index approval_owner on approval (developer_uid, applied_at, id)`,
    },
    {
      name: 'approval_portal_operated_at',
      expression: `create index approval_portal_operated_at on approval (portal_id, operated_at, id)`,
    },
    {
      name: 'approval_portal_resource_name',
      expression: `create index approval_portal_resource_name on approval (portal_id, resource_name, id)`,
    },
    {
      name: 'approval_event',
      expression: `create index approval_event on approval (event, applied_at, id)`,
    },
    {
      name: 'approval_portal_event',
      expression: `create index approval_portal_event on approval (portal_id, event, applied_at, id)`,
    },
    {
      name: 'approval_result',
      expression: `create index approval_result on approval (result, applied_at, id)`,
    },
    {
      name: 'approval_resource_type',
      expression: `create index approval_resource_type on approval (resource_type, applied_at, id)`,
    },
    {
      name: 'approval_applicant',
      expression: `create index approval_applicant on approval (applicant_name, applied_at, id)`,
    },
    {
      name: 'approval_operator',
      expression: `create index approval_operator on approval (operator_name, applied_at, id) where operator_name is not null`,
    },
    {
      name: 'approval_pending_operated_at',
      expression: `create index approval_pending_operated_at on approval (operated_at, id) where status = 'pending'`,
    },
    {
      name: 'approval_pending_resource_name',
      expression: `create index approval_pending_resource_name on approval (resource_name, id) where status = 'pending'`,
    },
    {
      name: 'approval_portal_pending',
      expression: `create index approval_portal_pending on approval (portal_id, applied_at, id) include (event, developer_uid) where status = 'pending'`,
    },
    {
      name: 'approval_portal_pending_operated_at',
      expression: `create index approval_portal_pending_operated_at on approval (portal_id, operated_at, id) where status = 'pending'`,
    },
    {
      name: 'approval_portal_pending_name',
      expression: `create index approval_portal_pending_name on approval (portal_id, resource_name, id) where status = 'pending'`,
    },
    { name: 'approval_portal_applied_at', properties: ['portal', 'appliedAt', 'id'] },
    { name: 'approval_applied_at', properties: ['appliedAt', 'id'] },
    {
      name: 'approval_pending',
      expression: `create index approval_pending on approval (applied_at, id) where status = 'pending'`,
    },
    { name: 'approval_operated_at_asc', properties: ['operatedAt', 'id'] },
    { name: 'approval_resource_name', properties: ['resourceName', 'id'] },
    {
      name: 'approval_search_terms',
      expression: 'create index approval_search_terms on approval using gin (trigram_text(search_text) gin_trgm_ops)',
    },
    {
      name: 'approval_rare_characters',
      expression: 'create index approval_rare_characters on approval using gin (rare_characters(search_text))',
    },
    {
      name: 'approval_one_pending_registration',
      expression: `create unique index approval_one_pending_registration on approval (developer_uid) where status = 'pending' and event = 'developer_registration'`,
    },
    {
      name: 'approval_one_pending_subscription',
      expression: `create unique index approval_one_pending_subscription on approval (subscription_id) where status = 'pending' and event = 'api_product_subscription'`,
    },
  ],
  checks: [{ name: 'approval_finished_has_result', expression: `(status = 'finished') = (result is not null)` }],
});

type Verdict = { by: { id: string; name: string }; reason: string | null; metadata: string | null; now: Date };

/** A request for approval and its decision, which is made once. */
export class Approval extends ApprovalSchema.class {
  /** Returns false if the same decision was made before; its reason and metadata stay. */
  decide(result: Exclude<ApprovalResult, 'cancelled'>, verdict: Verdict): boolean {
    if (this.status === 'finished') {
      if (this.result === result) return false;
      throw new GatehouseError(
        'approval_already_finished',
        `The approval is already finished: ${this.result ?? 'decided'}.`,
      );
    }
    this.status = 'finished';
    this.result = result;
    this.operatorId = verdict.by.id;
    this.operatorName = verdict.by.name;
    this.reason = verdict.reason;
    this.metadata = verdict.metadata;
    this.operatedAt = verdict.now;
    this.updatedAt = verdict.now;
    return true;
  }
}
ApprovalSchema.setClass(Approval);
