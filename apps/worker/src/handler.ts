import type { JobHandler } from '@gatehouse/queue/queues';
import type { z } from 'zod';
import type { Deps } from './deps.ts';
import { failure, isUnavailable } from './failure.ts';

/** What a job did, in numbers, for the queue dashboard. */
export type JobResult = Readonly<Record<string, number>>;

export type Handler = (deps: Deps, name: string) => JobHandler;

/**
 * Wraps a handler. Failures are logged and retried by the queue: as a warning if the database is unavailable, otherwise as
 * an error. During an update, a payload that this release does not understand comes from a newer worker, which can take
 * the retry.
 */
export function defineHandler<S extends z.ZodType<object>>(
  payload: S,
  run: (deps: Deps, payload: z.output<S>) => Promise<JobResult>,
): Handler {
  return (deps, name) => async (job) => {
    const parsed = payload.safeParse(job.data);
    if (!parsed.success) {
      const where = parsed.error.issues.map(({ path, message }) => `/${path.join('/')}: ${message}`).join('; ');
      deps.log.error({ queue: name, job: job.id, where }, 'job payload invalid');
      throw new Error(`Invalid job payload: ${where}`);
    }
    try {
      return await run(deps, parsed.data);
    } catch (error) {
      const fields = { queue: name, job: job.id, attempt: job.attemptsMade + 1, ...failure(error) };
      if (isUnavailable(error)) deps.log.warn(fields, 'job postponed');
      else deps.log.error(fields, 'job failed');
      throw error;
    }
  };
}
