import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds. */
const PAUSE = 100;
const PATIENCE = 600_000;

/**
 * Retries until the outcome is written, because a delivery that the database does not know of would be repeated. Rejects with
 * the last failure when the process stops or ten minutes have passed.
 */
export async function untilRecorded(write: () => Promise<void>, stopping: AbortSignal): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (stopping.aborted || performance.now() > deadline) throw error;
      await delay(PAUSE);
    }
  }
}
