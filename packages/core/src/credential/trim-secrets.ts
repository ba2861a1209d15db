import { statement } from '@gatehouse/db/statement';
import type { Context } from '../kernel/context.ts';
import { record } from '../kernel/record.ts';

/** Rows of one turn. */
const BATCH = 2000;

const trimKeys = statement({
  name: 'credential_key.trim',
  text: `delete from credential_key where hash in
    (select hash from credential_key where expires_at <= ? limit ? for update skip locked)`,
  params: ['timestamp with time zone', 'bigint'],
});

const trimLogins = statement({
  name: 'credential_login.trim',
  text: `delete from credential_login where id in
    (select id from credential_login where expires_at <= ? limit ? for update skip locked)`,
  params: ['timestamp with time zone', 'bigint'],
});

/** Removes the secrets that a newer one has replaced, once their time beside it is over. */
export async function trimSecrets({ em, now }: Pick<Context, 'em' | 'now'>): Promise<void> {
  await record({ em }, async (fork) => {
    await trimKeys.run(fork, [now, BATCH]);
    await trimLogins.run(fork, [now, BATCH]);
  });
}
