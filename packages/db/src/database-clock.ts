import { statement, sure } from './statement.ts';
import { z } from 'zod';
import { GatehouseError } from '@gatehouse/contract/errors';
import type { EntityManager } from '@mikro-orm/postgresql';

/** The database's time in milliseconds since 1970, as a column for any statement. */
export const DATABASE_TIME = 'extract(epoch from clock_timestamp())::float8 * 1000';

const databaseTime = statement({
  name: 'database.time',
  text: `select ${DATABASE_TIME} as time`,
  params: [],
  row: z.object({ time: sure(z.number(), 'the clock always has a time') }),
});

/**
 * The database's time without an extra round trip: statements return it, and the monotonic clock advances it in
 * between. Processes therefore agree on what is due and what has expired, even when the clock of one process jumps. A
 * slow response cannot distort the time, because it only says that the time lies within a wide range.
 */
export class DatabaseClock {
  readonly #em: EntityManager;
  /** The database's time when `performance.now()` was 0; undefined before the first answer. */
  #origin: number | undefined;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** `time`: the database's time, requested when `performance.now()` was `asked`. */
  learn(time: number, asked: number): void {
    const [earliest, latest] = [time - performance.now(), time - asked];
    const known = this.#origin ?? (earliest + latest) / 2;
    this.#origin = Math.min(Math.max(known, earliest), latest);
  }

  /** Asks the database. Rejects if the database does not respond. */
  async ask(): Promise<void> {
    const asked = performance.now();
    const row = await databaseTime.first(this.#em.fork(), []);
    if (row) this.learn(row.time, asked);
  }

  /** Throws before the first response of the database, because a wrong time is worse than an error. */
  now(): Date {
    if (this.#origin !== undefined) return new Date(this.#origin + performance.now());
    this.ask().catch(() => undefined);
    throw new GatehouseError('dependency_down', 'The database has not responded yet. Retry shortly.', {
      retryAfterSeconds: 2,
    });
  }
}
