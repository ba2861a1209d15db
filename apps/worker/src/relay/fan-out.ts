import { rowId } from '@gatehouse/contract/ids';
import type { EventName } from '@gatehouse/contract/events';
import type { QueuedEmail } from '@gatehouse/core/email/emails-to-deliver';
import { jobsOf } from '@gatehouse/core/event/catalogue';
import type { QueueName } from '@gatehouse/queue/jobs';
import type { NewJob } from '@gatehouse/queue/queues';

export type OutboxEvent = { id: string; name: EventName; resourceId: string };
export type Jobs = { [N in QueueName]: NewJob<N>[] };

/** Events about sending a mail again. Mails that an event's own transaction queued are delivered in any case. */
export const mailEvents = (events: OutboxEvent[]): OutboxEvent[] =>
  events.filter(({ name }) => jobsOf(name).includes('deliver-email'));

/** The jobs for these events. Job ids derive from event ids, so the queue ignores duplicates. */
export function fanOut(events: OutboxEvent[], emails: QueuedEmail[]): Jobs {
  const byId = new Map<string, QueuedEmail>(emails.map((email) => [email.id, email]));
  const jobs: Jobs = {
    'deliver-email': emails.filter(ofOneOf(events)).map((email) => deliverJob(email.eventId, email)),
    'erase-developer': [],
  };
  for (const event of events) {
    for (const job of jobsOf(event.name)) {
      switch (job) {
        case 'deliver-email': {
          const email = byId.get(event.resourceId);
          if (email) jobs['deliver-email'].push(deliverJob(event.id, email));
          break;
        }
        case 'erase-developer':
          jobs['erase-developer'].push({
            name: 'erase-developer',
            data: { deletion_id: rowId.deletion.parse(event.resourceId) },
            opts: { jobId: `${event.id}-erase-developer` },
          });
      }
    }
  }
  return jobs;
}

function ofOneOf(events: OutboxEvent[]): (email: QueuedEmail) => boolean {
  const ids = new Set(events.map(({ id }) => id));
  return ({ eventId }) => ids.has(eventId);
}

const deliverJob = (eventId: string, { id, attempts }: QueuedEmail): NewJob<'deliver-email'> => ({
  name: 'deliver-email',
  data: { email_id: id, attempt: attempts },
  opts: { jobId: `${eventId}-${id}` },
});
