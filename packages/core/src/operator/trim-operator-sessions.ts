import { statement } from '@gatehouse/db/statement';
import type { Context } from '../kernel/context.ts';
import { record } from '../kernel/record.ts';
import { IDLE_MINUTES } from './operator-session-term.ts';

/** The most rows that one transaction deletes. */
const BATCH = 2000;

const trimEnded = statement({
  name: 'operator_session.trim',
  text: `delete from operator_session where id in
  (select id from operator_session
    where expires_at <= ? or last_used_at <= ?::timestamptz - interval '${String(IDLE_MINUTES)} minutes' limit ?
    for update skip locked)`,
  params: ['timestamp with time zone', 'timestamp with time zone', 'bigint'],
});

export async function trimOperatorSessions({ em, now }: Pick<Context, 'em' | 'now'>): Promise<void> {
  await record({ em }, (fork) => trimEnded.run(fork, [now, now, BATCH]));
}
