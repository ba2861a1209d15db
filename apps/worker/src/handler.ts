import type { JobHandler } from '@gatehouse/queue/queues';
import { UnrecoverableError } from 'bullmq';
import type { z } from 'zod';
import type { Deps } from './deps.ts';
import { failure } from './failure.ts';

export type Handler = (deps: Deps, name: string) => JobHandler;

/**
 * What every handler has in common: a payload that is not what its schema says fails at once, anything unexpected is
 * logged and tried again by the queue.
 */
export function defineHandler<S extends z.ZodObject>(
  payload: S,
  run: (deps: Deps, payload: z.output<S>) => Promise<void>,
): Handler {
  return (deps, name) => async (job) => {
    const parsed = payload.safeParse(job.data);
    if (!parsed.success) {
      const where = parsed.error.issues.map(({ path, message }) => `/${path.join('/')}: ${message}`).join('; ');
      deps.log.error({ queue: name, job: job.id, where }, 'a job is not one of ours');
      throw new UnrecoverableError(`The payload is not one of ours: ${where}`);
    }
    try {
      await run(deps, parsed.data);
    } catch (error) {
      deps.log.error({ queue: name, job: job.id, attempt: job.attemptsMade + 1, ...failure(error) }, 'a job failed');
      throw error;
    }
  };
}
