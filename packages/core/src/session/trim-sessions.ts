import { statement } from '@gatehouse/db/statement';
import type { Context } from '../kernel/context.ts';
import { record } from '../kernel/record.ts';
import { IDLE_HOURS } from './session-term.ts';

/** The most rows that one transaction deletes. */
const BATCH = 2000;

const trimEnded = statement({
  name: 'session.trim',
  text: `delete from session where id in
  (select id from session where expires_at <= ? or last_used_at <= ?::timestamptz - interval '${String(IDLE_HOURS)} hours' limit ?
    for update skip locked)`,
  params: ['timestamp with time zone', 'timestamp with time zone', 'bigint'],
});

export async function trimSessions({ em, now }: Pick<Context, 'em' | 'now'>): Promise<void> {
  await record({ em }, (fork) => trimEnded.run(fork, [now, now, BATCH]));
}
