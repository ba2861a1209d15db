import type { Actor } from '@gatehouse/contract/actor';
import type { EventName } from '@gatehouse/contract/events';
import { newId } from '@gatehouse/db/columns';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import { Event, Outbox } from '@gatehouse/db/entities/event.entity';
import { Operator } from '@gatehouse/db/entities/operator.entity';
import { Revocation } from '@gatehouse/db/entities/revocation.entity';
import { notifyAfterCommit } from '@gatehouse/db/transaction';
import type { Token } from '@gatehouse/db/entities/token.entity';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { ResourceRef } from './resource.ts';
import { revocationTarget, revokes } from './revocation.ts';

export type Attribution = Pick<Event, 'actorKind' | 'actorId' | 'onBehalfOf'>;

type NewEvent = {
  name: EventName;
  resource: ResourceRef;
  changed: string[];
  by: Attribution;
  requestId: string | null;
  now: Date;
};

/** Adds the event to the transaction, and what follows from it. `revoked`: the target of its revocation, if any. */
export function recordEvent(em: EntityManager, given: NewEvent): { event: Event; revoked: string | null } {
  const { name, resource, changed, by, requestId, now } = given;
  const event = em.create(Event, {
    id: newId(),
    name,
    ...by,
    portalId: resource.portalId,
    resourceType: resource.type,
    resourceId: resource.id,
    changed,
    requestId,
    occurredAt: now,
  });
  em.create(Outbox, { event: event.id });
  notifyAfterCommit(em, 'gatehouse_outbox', '');
  if (!revokes(name, changed)) return { event, revoked: null };
  const target = revocationTarget(resource);
  em.create(Revocation, { id: event.id, target });
  notifyAfterCommit(em, 'gatehouse_revocation', `${event.id} ${target}`);
  return { event, revoked: target };
}

/** Attributes an event to a person or token that has authenticated within the call. */
export function attributionOf(who: Developer | Operator | Token): Attribution {
  if (who instanceof Developer) return { actorKind: 'developer', actorId: who.developerId, onBehalfOf: null };
  return { actorKind: who instanceof Operator ? 'operator' : 'admin_token', actorId: who.id, onBehalfOf: null };
}

export function attribution(actor: Actor): Attribution {
  switch (actor.kind) {
    case 'portal_token':
      return { actorKind: actor.kind, actorId: actor.id, onBehalfOf: actor.developer?.developerId ?? null };
    case 'developer':
      return { actorKind: actor.kind, actorId: actor.developerId, onBehalfOf: null };
    case 'admin_token':
    case 'operator':
    case 'system':
      return { actorKind: actor.kind, actorId: actor.id, onBehalfOf: null };
    case 'anonymous':
      return { actorKind: actor.kind, actorId: null, onBehalfOf: null };
  }
}
