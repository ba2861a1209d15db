import type { EventName } from '@gatehouse/contract/events';
import type { QueuedEmail } from '@gatehouse/core/email/emails-to-deliver';
import { jobsOf } from '@gatehouse/core/event/catalogue';
import type { QueueName } from '@gatehouse/queue/jobs';
import type { NewJob } from '@gatehouse/queue/queues';

export type OutboxEvent = { id: string; name: EventName; resourceId: string };
export type Jobs = { [N in QueueName]: NewJob<N>[] };

/** The events that are about a mail to deliver. The mails that an event's transaction queued are delivered in any case. */
export const mailEvents = (events: OutboxEvent[]): OutboxEvent[] =>
  events.filter(({ name }) => jobsOf(name).includes('deliver-email'));

/** The jobs of these events. Their ids derive from the event, so that the queue keeps one of two equal jobs. */
export function fanOut(events: OutboxEvent[], emails: QueuedEmail[]): Jobs {
  const byId = new Map(emails.map((email) => [email.id, email]));
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
            data: { deletion_id: event.resourceId },
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
