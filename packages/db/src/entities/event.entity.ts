import type { EventId, PortalId } from '@gatehouse/contract/ids';
import { defineEntity, p } from '@mikro-orm/core';
import { EVENT_ACTORS, EVENT_RESOURCES, type EventName } from '@gatehouse/contract/events';
import { id, time } from '../columns.ts';
import { notifyAtCommit } from '../notifying-trigger.ts';

const EventSchema = defineEntity({
  name: 'Event',
  properties: {
    id: id<EventId>(),
    name: p.text().$type<EventName>(),
    actorKind: p.enum(EVENT_ACTORS),
    actorId: p.text().nullable(),
    onBehalfOf: p.text().nullable(),
    portalId: p.uuid().$type<PortalId>().nullable(),
    resourceType: p.enum(EVENT_RESOURCES),
    resourceId: p.text(),
    changed: p.array().default([]),
    requestId: p.text().nullable(),
    occurredAt: time(),
  },
  indexes: [
    {
      name: 'event_resource_id',
      expression: `create index event_resource_id on event (resource_id, occurred_at, id)`,
    },
    {
      name: 'event_resource_type',
      expression: `create index event_resource_type on event (resource_type, occurred_at, id)`,
    },
    { name: 'event_occurred_at', properties: ['occurredAt', 'id'] },
    { name: 'event_portal', properties: ['portalId', 'occurredAt', 'id'] },
    { name: 'event_name', properties: ['name', 'occurredAt', 'id'] },
    { name: 'event_request', properties: ['requestId'] },
  ],
  triggers: [
    {
      name: 'event_is_append_only',
      timing: 'before',
      events: ['update', 'delete'],
      body: `raise exception 'the event log is append-only'`,
    },
  ],
});

/** An entry of the audit log. Append-only, enforced by a trigger; holds ids and field names only. */
export class Event extends EventSchema.class {}
EventSchema.setClass(Event);

const OutboxSchema = defineEntity({
  name: 'Outbox',
  properties: { event: () => p.oneToOne(Event).mapToPk().primary().owner().createForeignKeyConstraint(false) },
  // PostgreSQL sends a notification only when its transaction commits, so the relay never wakes for rolled-back events.
  triggers: [
    {
      name: 'outbox_wakes_relay',
      timing: 'after',
      events: ['insert'],
      forEach: 'statement',
      body: notifyAtCommit('gatehouse_outbox', `''`),
    },
  ],
});

/** One row per event that has not been added to the queue yet. */
export class Outbox extends OutboxSchema.class {}
OutboxSchema.setClass(Outbox);
