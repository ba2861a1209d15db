import { statement } from '@gatehouse/db/statement';
import type { Context } from '../kernel/context.ts';
import { record } from '../kernel/record.ts';

/** The most rows that one transaction deletes. */
const BATCH = 2000;

const trimExpired = statement({
  name: 'sso_answer.trim',
  text: `delete from sso_answer where (login_option_id, hash) in
  (select login_option_id, hash from sso_answer where expires_at <= ? limit ? for update skip locked)`,
  params: ['timestamp with time zone', 'bigint'],
});

/** Deletes records of provider responses that have expired, and therefore cannot be replayed. */
export async function trimSsoAnswers({ em, now }: Pick<Context, 'em' | 'now'>): Promise<void> {
  await record({ em }, (fork) => trimExpired.run(fork, [now, BATCH]));
}
