import type { EventName } from '@gatehouse/contract/events';
import type { QueuedEmail } from '@gatehouse/core/email/emails-to-deliver';
import { jobsOf } from '@gatehouse/core/event/catalogue';
import type { QueueName } from '@gatehouse/queue/jobs';
import type { NewJob } from '@gatehouse/queue/queues';

export type OutboxEvent = { id: string; name: EventName; resourceId: string };
export type Jobs = { [N in QueueName]: NewJob<N>[] };

/** The mails that an event asks for: those its transaction queued, and the one it is about. */
export const mailEvents = (events: OutboxEvent[]): OutboxEvent[] =>
  events.filter(({ name }) => jobsOf(name).includes('deliver-email'));

/**
 * The jobs that events set to work. Their ids follow from the event, so that handing one over twice is handing it over
 * once.
 */
export function fanOut(events: OutboxEvent[], emails: QueuedEmail[]): Jobs {
  const byId = new Map(emails.map((email) => [email.id, email]));
  const jobs: Jobs = {
    'deliver-email': emails.filter(ofOneOf(events)).map((email) => deliverJob(email.eventId, email)),
    'erase-developer': [],
  };
  for (const event of events) {
    for (const handler of jobsOf(event.name)) {
      switch (handler) {
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
