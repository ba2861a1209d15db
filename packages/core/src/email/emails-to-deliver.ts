import { rowId } from '@gatehouse/contract/ids';
import { statement, sure } from '@gatehouse/db/statement';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { keyColumn, takeDue } from '../delivery/due.ts';

const NOT_NULL = 'a column that is never null, on both sides of the union';

const queued = statement({
  name: 'email.of_events',
  text: `select e.id, e.attempts, e.event_id || '-' || e.id as key from email e
    where e.status = 'queued' and e.event_id = any(?)
  union all select e.id, e.attempts, resent.event_id || '-' || e.id
    from unnest(?::uuid[], ?::uuid[]) as resent (event_id, id) join email e on e.id = resent.id where e.status = 'queued'
  order by key`,
  params: ['uuid[]', 'uuid[]', 'uuid[]'],
  row: z.object({ id: sure(rowId.email, NOT_NULL), attempts: sure(z.int(), NOT_NULL), key: keyColumn }),
});

/** The id of an event and of its resource. */
type EventRef = { id: string; resourceId: string };

/** The mails that these events queued and those that `resent` names, except those that are no longer queued. */
export const queuedEmails = (em: EntityManager, events: readonly EventRef[], resent: readonly EventRef[]) =>
  queued.all(em, [idsOf(events), idsOf(resent), resent.map(({ resourceId }) => resourceId)]);

const idsOf = (events: readonly EventRef[]): string[] => events.map(({ id }) => id);

const due = statement({
  name: 'email.take_due',
  text: takeDue({
    table: 'email',
    unfinished: `status = 'queued'`,
    set: 'leased = false',
    returning: 'email.id, email.attempts',
  }),
  params: ['bigint'],
  row: z.object({ id: rowId.email, attempts: z.int(), key: keyColumn }),
});

/** Takes at most `limit` due mails, and ends their leases. */
export const takeDueEmails = (em: EntityManager, limit: number) => due.all(em, [limit]);
