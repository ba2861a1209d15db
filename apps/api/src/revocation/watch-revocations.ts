import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@gatehouse/postgres/connection';
import { z } from 'zod';
import { DATABASE_TIME, type DatabaseClock } from '@gatehouse/db/database-clock';
import type { Revocations } from './revocations.ts';

/** Milliseconds between the starts of two polls. */
const POLL_EVERY = 250;
/** Milliseconds after the start of the last successful poll during which the caches may answer. */
const FRESH_FOR = 1000;
const LIMITS = { statement: FRESH_FOR, transaction: FRESH_FOR, lock: FRESH_FOR, connection: FRESH_FOR };
/** The most rows of one poll. With more, all cached decisions end. */
const ROWS = 10_000;

/**
 * The revocations that the snapshot of the previous poll did not include, and the snapshot of this poll. However late a
 * transaction commits, exactly one poll sees its revocations.
 */
const POLL = `select pg_current_snapshot()::text as snapshot, ${DATABASE_TIME} as time,
  (select coalesce(json_agg(row), '[]') from
    (select id, target from revocation
     where transaction >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(transaction, $1::pg_snapshot)
     limit ${String(ROWS)}) row) as rows`;
const SNAPSHOT = `select pg_current_snapshot()::text as snapshot, ${DATABASE_TIME} as time`;

const Snapshot = z.object({ snapshot: z.string(), time: z.number() });
const Polled = Snapshot.extend({ rows: z.array(z.object({ id: z.string(), target: z.string() })) });

export type Watch = {
  /** Whether this process knows every revocation that is older than a second. If not, the caches must not answer. */
  isCurrent(): boolean;
  /** Resolves when the connection is closed. */
  stop(): Promise<void>;
};

type Options = { databaseUrl: string; revocations: Revocations; clock: DatabaseClock };

/**
 * Keeps `revocations` up to date over a dedicated connection. The database pushes revocations at commit, and polls find
 * those whose push was lost. After a lost connection or a late poll, all cached decisions end.
 */
export function watchRevocations(options: Options): Watch {
  const stopping = new AbortController();
  const state = { currentUntil: 0 };
  const watching = watchForEver(options, state, stopping.signal);
  return {
    isCurrent: () => performance.now() < state.currentUntil,
    async stop() {
      stopping.abort();
      await watching;
    },
  };
}

type State = { currentUntil: number };

async function watchForEver(options: Options, state: State, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await watchOnce(options, state, signal).catch(() => undefined);
    await delay(POLL_EVERY, undefined, { signal }).catch(() => undefined);
  }
}

/** Polls until the connection is lost or a poll is late. */
async function watchOnce(
  { databaseUrl, revocations, clock }: Options,
  state: State,
  signal: AbortSignal,
): Promise<void> {
  const client = new Connection({ databaseUrl, name: 'gatehouse-revocations', limits: LIMITS });
  const lost = new AbortController();
  const over = AbortSignal.any([signal, lost.signal]);
  for (const event of ['error', 'end'] as const) client.on(event, () => lost.abort());
  /** Ids that were pushed since the previous two polls began, because a poll returns them again. */
  let pushed = { lately: new Set<string>(), before: new Set<string>() };
  client.on('notification', ({ payload = '' }) => {
    const [id = '', target = ''] = payload.split(' ', 2);
    if (pushed.before.has(id)) return;
    pushed.lately.add(id);
    revocations.revoke([target]);
  });
  try {
    await client.connect();
    await client.query('listen gatehouse_revocation');
    let begun = performance.now();
    const first = Snapshot.parse((await client.query(SNAPSHOT)).rows[0]);
    let { snapshot } = first;
    clock.learn(first.time, begun);
    revocations.revokeAll();
    state.currentUntil = begun + FRESH_FOR;
    while (await pausedUntil(begun + POLL_EVERY, over)) {
      begun = performance.now();
      pushed = { lately: new Set(), before: pushed.lately };
      const polled = Polled.parse((await client.query({ name: 'poll', text: POLL, values: [snapshot] })).rows[0]);
      const missed = polled.rows.filter(({ id }) => !pushed.before.has(id) && !pushed.lately.has(id));
      if (polled.rows.length === ROWS) revocations.revokeAll();
      else if (missed.length > 0) revocations.revoke(missed.map(({ target }) => target));
      snapshot = polled.snapshot;
      clock.learn(polled.time, begun);
      state.currentUntil = begun + FRESH_FOR;
    }
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** False if `signal` aborted first. */
async function pausedUntil(time: number, signal: AbortSignal): Promise<boolean> {
  await delay(Math.max(0, time - performance.now()), undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
