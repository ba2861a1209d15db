import { defineEntity, p } from '@mikro-orm/core';
import { time } from '../columns.ts';
import { Developer } from './developer.entity.ts';
import { Event } from './event.entity.ts';

const EventContextSchema = defineEntity({
  name: 'EventContext',
  properties: {
    event: () => p.oneToOne(Event).mapToPk().primary().owner(),
    developer: () =>
      p
        .manyToOne(Developer)
        .mapToPk()
        .fieldName('developer_uid')
        .nullable()
        .deleteRule('cascade')
        .index('event_context_developer'),
    portalId: p.uuid().nullable(),
    address: p.text().nullable(),
    userAgent: p.text().nullable(),
    occurredAt: time(),
  },
  indexes: [{ name: 'event_context_portal', properties: ['portalId', 'occurredAt'] }],
});

/**
 * Where the call of an event came from. Apart from the event because it is personal and goes: with `developer`, if one
 * acted in person, and when its time is over, which is found by copies of the event's own portal and time.
 */
export class EventContext extends EventContextSchema.class {}
EventContextSchema.setClass(EventContext);
