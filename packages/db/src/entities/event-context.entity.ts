import type { PortalId } from '@gatehouse/contract/ids';
import { defineEntity, p } from '@mikro-orm/core';
import { time } from '../columns.ts';
import { Developer } from './developer.entity.ts';
import { Event } from './event.entity.ts';

const EventContextSchema = defineEntity({
  name: 'EventContext',
  properties: {
    event: () => p.oneToOne(Event).mapToPk().primary().owner().createForeignKeyConstraint(false),
    developer: () =>
      p
        .manyToOne(Developer)
        .mapToPk()
        .fieldName('developer_uid')
        .nullable()
        .deleteRule('cascade')
        .index('event_context_developer'),
    portalId: p.uuid().$type<PortalId>().nullable(),
    address: p.text().nullable(),
    userAgent: p.text().nullable(),
    occurredAt: time(),
  },
  indexes: [{ name: 'event_context_portal', properties: ['portalId', 'occurredAt'] }],
});

/**
 * The network context of an event: IP address and user agent. Stored apart from the event because it is personal data,
 * which is deleted with `developer` (the developer who acted, if any) and after its retention period. `portalId` and
 * `occurredAt` are copied from the event to find expired rows.
 */
export class EventContext extends EventContextSchema.class {}
EventContextSchema.setClass(EventContext);
