import { statement } from '@gatehouse/db/statement';
import type { Context } from '../kernel/context.ts';
import { record } from '../kernel/record.ts';

/** The most rows that one transaction deletes. */
const BATCH = 2000;

const trimExpired = statement({
  name: 'email_undo.trim',
  text: `delete from email_undo where id in
  (select id from email_undo where expires_at <= ? limit ? for update skip locked)`,
  params: ['timestamp with time zone', 'bigint'],
});

/** Deletes former addresses whose undo link has expired. */
export async function trimEmailUndos({ em, now }: Pick<Context, 'em' | 'now'>): Promise<void> {
  await record({ em }, (fork) => trimExpired.run(fork, [now, BATCH]));
}
