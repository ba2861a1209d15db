import { rowId } from '@gatehouse/contract/ids';
import { statement } from '@gatehouse/db/statement';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { jobIdColumn, takeDue } from '../delivery/due.ts';

const queued = statement({
  name: 'email.of_events',
  text: `select id, event_id as "eventId", attempts from email
  where status = 'queued' and (event_id = any(?) or id = any(?))
  order by id`,
  params: ['uuid[]', 'uuid[]'],
  row: z.object({ id: rowId.email, eventId: z.uuid(), attempts: z.int() }),
});

export type QueuedEmail = z.output<typeof queued.row>;

/** The mails that these events queued and those with these ids, except those that are no longer queued. */
export const queuedEmails = (em: EntityManager, events: string[], ids: string[]): Promise<QueuedEmail[]> =>
  queued.all(em, [events, ids]);

const due = statement({
  name: 'email.take_due',
  text: takeDue({
    table: 'email',
    unfinished: `status = 'queued'`,
    set: 'leased = false',
    returning: 'email.id, email.attempts',
  }),
  params: ['bigint'],
  row: z.object({ id: rowId.email, attempts: z.int(), jobId: jobIdColumn }),
});

/** Takes at most `limit` due mails, and ends their leases. */
export const takeDueEmails = (em: EntityManager, limit: number) => due.all(em, [limit]);
