import { JOBS, type QueueName } from '@gatehouse/queue/jobs';
import { defineHandler, type Handler } from './handler.ts';
import { deliverEmails } from './handlers/deliver-email.ts';
import { eraseDevelopers } from './handlers/erase-developer.ts';

/** The handler of each queue. */
export const HANDLERS: Record<QueueName, Handler> = {
  'deliver-email': defineHandler(JOBS['deliver-email'].payload, deliverEmails),
  'erase-developer': defineHandler(JOBS['erase-developer'].payload, eraseDevelopers),
};
