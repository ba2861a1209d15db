import { AuditEventPage, ListAuditEventsInput, type AuditEvent } from '@gatehouse/contract/events';
import type { Event } from '@gatehouse/db/entities/event.entity';
import { equals, isoColumn, listPage } from '../list.ts';
import { inReach } from '../portal/portal-filter.ts';
import { query } from '../query.ts';

type Row = Pick<
  Event,
  | 'id'
  | 'name'
  | 'actorKind'
  | 'actorId'
  | 'onBehalfOf'
  | 'portalId'
  | 'resourceType'
  | 'resourceId'
  | 'changed'
  | 'requestId'
> & {
  occurredAt: string;
  sort: string | null;
};

const COLUMNS = [
  'name, actor_kind as "actorKind", actor_id as "actorId", on_behalf_of as "onBehalfOf", portal_id as "portalId"',
  'resource_type as "resourceType", resource_id as "resourceId", changed, request_id as "requestId"',
  isoColumn('occurred_at', '"occurredAt"'),
].join(', ');

export const listAuditEvents = query({
  name: 'audit.list',
  access: 'audit:read',
  summary: 'The audit log: who did what, when',
  input: ListAuditEventsInput,
  output: AuditEventPage,
  run: (scope, input) =>
    listPage<Row, AuditEvent>(scope, input, {
      select: COLUMNS,
      from: 'event',
      id: 'id',
      where: [
        ...inReach(scope, 'portal_id', input.portal_id),
        ...equals('name', input.name),
        ...equals('resource_type', input.resource_type),
        ...equals('resource_id', input.resource_id),
        ...equals('request_id', input.request_id),
      ],
      order: { occurred_at: { column: 'occurred_at', type: 'timestamptz' } },
      defaultOrder: 'occurred_at',
      present: auditEventView,
    }),
});

const auditEventView = (event: Row): AuditEvent => ({
  id: event.id,
  name: event.name,
  actor: { kind: event.actorKind, id: event.actorId ?? null, on_behalf_of: event.onBehalfOf ?? null },
  portal_id: event.portalId ?? null,
  resource_type: event.resourceType,
  resource_id: event.resourceId,
  changed: event.changed,
  request_id: event.requestId ?? null,
  occurred_at: event.occurredAt,
});
