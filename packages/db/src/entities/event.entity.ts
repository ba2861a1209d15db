import { defineEntity, p } from '@mikro-orm/core';
import { EVENT_RESOURCES, type EventName } from '@gatehouse/contract/events';
import { id, time } from '../columns.ts';

const EventSchema = defineEntity({
  name: 'Event',
  properties: {
    id: id(),
    name: p.text().$type<EventName>(),
    actorKind: p.enum(['admin_token', 'portal_token', 'developer', 'system', 'anonymous']),
    actorId: p.text().nullable(),
    onBehalfOf: p.text().nullable(),
    portalId: p.uuid().nullable(),
    resourceType: p.enum(EVENT_RESOURCES),
    resourceId: p.text(),
    changed: p.array().default([]),
    requestId: p.text().nullable(),
    occurredAt: time(),
  },
  indexes: [
    { name: 'event_occurred_at', properties: ['occurredAt', 'id'] },
    { name: 'event_portal', properties: ['portalId', 'occurredAt', 'id'] },
    { name: 'event_resource', properties: ['resourceType', 'resourceId', 'occurredAt', 'id'] },
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

/** What happened: the audit log. Never changed, never removed (a trigger refuses); ids and names of fields only. */
export class Event extends EventSchema.class {}
EventSchema.setClass(Event);

const OutboxSchema = defineEntity({
  name: 'Outbox',
  properties: { event: () => p.oneToOne(Event).mapToPk().primary().owner() },
  // A notification is sent when the transaction commits, and only then: the relay never wakes for what was rolled back.
  triggers: [
    {
      name: 'outbox_wakes_relay',
      timing: 'after',
      events: ['insert'],
      forEach: 'statement',
      body: `perform pg_notify('gatehouse_outbox', ''); return null`,
    },
  ],
});

/** One row per event that was not yet handed to the queue. */
export class Outbox extends OutboxSchema.class {}
OutboxSchema.setClass(Outbox);
