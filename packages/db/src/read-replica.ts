import { outsideCall } from '@gatehouse/postgres/call';
import { DatabaseUnavailable } from '@gatehouse/postgres/errors';
import type { EntityManager } from '@mikro-orm/postgresql';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { batched } from './batched.ts';
import { statement, sure } from './statement.ts';

/** Milliseconds that a query waits for the replica, and between two questions. */
const PATIENCE = 50;
const PAUSE = 5;
/** Milliseconds after which a replica that has not responded counts as unreachable. */
const SILENCE = 500;
/** Milliseconds for which queries avoid a replica that was behind or did not respond. */
const AVOIDED_FOR = 1000;

/** Every commit that the primary has acknowledged lies before this position. */
const committed = statement({
  name: 'replica.committed',
  text: `select pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::float8 as position`,
  params: [],
  row: z.object({ position: sure(z.number(), 'a primary always has a position') }),
});

/** Null on a server that is no longer a standby. */
const replayed = statement({
  name: 'replica.replayed',
  text: `select case when pg_is_in_recovery() then pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::float8 end as position`,
  params: [],
  row: z.object({ position: z.number().nullable() }),
});

type Options = {
  primary: EntityManager;
  replica: EntityManager;
  /** Has its own connection, because a full pool does not mean that the replica is silent. */
  probe: EntityManager;
  /** Called when queries begin to avoid the replica, with the reason, and with null when they use it again. */
  onChange(avoided: string | null): void;
};

/**
 * Runs queries on a standby that has replayed everything committed before the query began, and otherwise on the primary.
 * A query therefore sees the writes of all callers, whichever process committed them.
 */
export class ReadReplica {
  readonly #options: Options;
  readonly #committed: () => Promise<number>;
  readonly #replayed: () => Promise<number>;
  #avoidedUntil = 0;
  #isAvoided = false;

  constructor(options: Options) {
    const { primary, probe } = options;
    this.#options = options;
    this.#committed = batched(async () => (await committed.first(primary.fork(), []))?.position ?? Infinity);
    this.#replayed = batched(async () => (await inTime(replayed.first(probe.fork(), [])))?.position ?? 0);
  }

  async read<T>(run: (em: EntityManager) => Promise<T>): Promise<T> {
    const { primary, replica } = this.#options;
    if (await outsideCall(() => this.#hasCaughtUp())) {
      try {
        return await this.#whileAlive(run(replica.fork()));
      } catch (error) {
        if (!isReplicaFailure(error)) throw error;
        this.#avoid('failed');
      }
    }
    return run(primary.fork());
  }

  /** Rejects as soon as the replica leaves another question unanswered. A slow query alone does not count as silence. */
  async #whileAlive<T>(reading: Promise<T>): Promise<T> {
    const ended = new AbortController();
    try {
      return await Promise.race([reading, outsideCall(() => this.#silence(ended.signal))]);
    } finally {
      ended.abort();
    }
  }

  async #silence(ended: AbortSignal): Promise<never> {
    for (;;) {
      await delay(SILENCE, undefined, { signal: ended });
      await this.#replayed().catch((cause: unknown) => {
        throw new DatabaseUnavailable('The read replica does not respond.', { cause });
      });
    }
  }

  async #hasCaughtUp(): Promise<boolean> {
    if (performance.now() < this.#avoidedUntil) return false;
    try {
      const deadline = performance.now() + PATIENCE;
      const [needed, found] = await Promise.all([this.#committed(), this.#replayed()]);
      for (let position = found; position < needed; position = await this.#replayed()) {
        if (performance.now() > deadline) return this.#avoid('behind');
        await delay(PAUSE);
      }
    } catch {
      return this.#avoid('unreachable');
    }
    if (this.#isAvoided) this.#options.onChange(null);
    this.#isAvoided = false;
    return true;
  }

  #avoid(reason: string): false {
    this.#avoidedUntil = performance.now() + AVOIDED_FOR;
    if (!this.#isAvoided) this.#options.onChange(reason);
    this.#isAvoided = true;
    return false;
  }
}

/** Throws after `SILENCE`, which is much shorter than the limit of a statement. */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  const answered = new AbortController();
  const silence = delay(SILENCE, undefined, { signal: answered.signal }).then((): never => {
    throw new Error('the replica does not respond');
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    answered.abort();
  }
}

/** A lost connection, a stopping server, or a conflict with the replay. The primary can still answer. */
function isReplicaFailure(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause)
    if ('code' in at && typeof at.code === 'string')
      return /^(08...|57P0.|40001|40P01|database_unavailable|E[A-Z]+)$/.test(at.code);
  return error instanceof Error && /connection terminated/i.test(error.message);
}
