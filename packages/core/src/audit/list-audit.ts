import { z } from 'zod';
import type { Actor } from '@gatehouse/contract/actor';
import { AuditEventPage, ListAuditEventsInput, AuditEvent } from '@gatehouse/contract/events';
import type { RequestOrigin } from '../kernel/context.ts';
import { equals, equalsConstant } from '../list/fragment.ts';
import { isoColumn, isoTime } from '../list/iso-column.ts';
import { listPage, listRow } from '../list/list.ts';
import { inReach } from '../portal/portal-filter.ts';
import { query } from '../kernel/query.ts';

const COLUMNS = [
  'e.name, e.actor_kind as "actorKind", e.actor_id as "actorId", e.on_behalf_of as "onBehalfOf"',
  'e.portal_id as "portalId", e.resource_type as "resourceType", e.resource_id as "resourceId", e.changed',
  'e.request_id as "requestId", c.address, c.user_agent as "userAgent"',
  isoColumn('e.occurred_at', '"occurredAt"'),
].join(', ');

const ROW = z.object({
  id: z.uuid(),
  ...listRow,
  name: AuditEvent.shape.name,
  actorKind: AuditEvent.shape.actor.shape.kind,
  actorId: z.string().nullable(),
  onBehalfOf: z.string().nullable(),
  portalId: z.uuid().nullable(),
  resourceType: AuditEvent.shape.resource_type,
  resourceId: z.string(),
  changed: AuditEvent.shape.changed,
  requestId: z.string().nullable(),
  address: z.string().nullable(),
  userAgent: z.string().nullable(),
  occurredAt: isoTime,
});
type Row = z.output<typeof ROW>;

export const listAudit = query({
  name: 'audit.list',
  access: 'audit:read',
  summary: 'List the audit log: who did what, and when',
  input: ListAuditEventsInput,
  output: AuditEventPage,
  run(scope, input) {
    const { where, filters } = inReach(scope, 'e.portal_id', input.portal_id);
    return listPage(scope, input, {
      row: ROW,
      select: COLUMNS,
      from: 'event e',
      rows: 'event e left join event_context c on c.event_id = e.id',
      id: 'e.id',
      where,
      filters: [
        ...filters,
        ...equalsConstant('e.name', input.name),
        ...equalsConstant('e.resource_type', input.resource_type),
        ...equals('e.resource_id', input.resource_id),
        ...equals('e.request_id', input.request_id),
      ],
      order: { occurred_at: { column: 'e.occurred_at', type: 'timestamptz' } },
      defaultOrder: 'occurred_at',
      present: (row) => auditEventView(row, scope.actor),
    });
  },
});

const auditEventView = (event: Row, reader: Actor): AuditEvent => ({
  id: event.id,
  name: event.name,
  actor: { kind: event.actorKind, id: event.actorId ?? null, on_behalf_of: event.onBehalfOf ?? null },
  portal_id: event.portalId ?? null,
  resource_type: event.resourceType,
  resource_id: event.resourceId,
  changed: event.changed,
  request_id: event.requestId ?? null,
  occurred_at: event.occurredAt,
  context: reader.kind === 'admin_token' || reader.kind === 'operator' ? contextView(event) : null,
});

const contextView = ({ address, userAgent }: RequestOrigin): AuditEvent['context'] =>
  address === null && userAgent === null ? null : { address, user_agent: userAgent };
