import { JOBS, type QueueName } from '@gatehouse/queue/jobs';
import { defineHandler, type Handler } from './handler.ts';
import { deliverEmail } from './handlers/deliver-email.ts';
import { eraseDeveloper } from './handlers/erase-developer.ts';

/** The handler of each queue. */
export const HANDLERS: Record<QueueName, Handler> = {
  'deliver-email': defineHandler(JOBS['deliver-email'].payload, deliverEmail),
  'erase-developer': defineHandler(JOBS['erase-developer'].payload, eraseDeveloper),
};
