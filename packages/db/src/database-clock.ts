import { statement, sure } from './statement.ts';
import { z } from 'zod';
import { GatehouseError } from '@gatehouse/contract/errors';
import type { EntityManager } from '@mikro-orm/postgresql';

/** The database's time in milliseconds since 1970, as a column of any statement. */
export const DATABASE_TIME = 'extract(epoch from clock_timestamp())::float8 * 1000';

const databaseTime = statement({
  name: 'database.time',
  text: `select ${DATABASE_TIME} as time`,
  params: [],
  row: z.object({ time: sure(z.number(), 'the clock always has a time') }),
});

/**
 * The time as the database has it, at no round trip: learned from the answers of statements, and carried on by the
 * monotonic clock in between. So processes agree on what is due and what has expired, and a jump of a process's own clock
 * changes nothing. A slow answer changes nothing either: it only says that the time is within a wide range.
 */
export class DatabaseClock {
  readonly #em: EntityManager;
  /** The database's time when `performance.now()` was 0; undefined before the first answer. */
  #origin: number | undefined;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** `time`: what the database answered to a question that was asked when `performance.now()` was `asked`. */
  learn(time: number, asked: number): void {
    const [earliest, latest] = [time - performance.now(), time - asked];
    const known = this.#origin ?? (earliest + latest) / 2;
    this.#origin = Math.min(Math.max(known, earliest), latest);
  }

  /** Asks the database. Rejects if it does not answer. */
  async ask(): Promise<void> {
    const asked = performance.now();
    const row = await databaseTime.first(this.#em.fork(), []);
    if (row) this.learn(row.time, asked);
  }

  /** Throws before the database has answered for the first time: a wrong time is worse than none. */
  now(): Date {
    if (this.#origin !== undefined) return new Date(this.#origin + performance.now());
    this.ask().catch(() => undefined);
    throw new GatehouseError('dependency_down', 'The database has not answered yet. Try again in a moment.', {
      retryAfterSeconds: 2,
    });
  }
}
