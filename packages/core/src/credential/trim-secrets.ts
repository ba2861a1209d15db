import { statement } from '@gatehouse/db/statement';
import type { Context } from '../kernel/context.ts';
import { record } from '../kernel/record.ts';

/** The most rows that one transaction deletes. */
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

/** Deletes replaced secrets after their overlap. */
export async function trimSecrets({ em, now }: Pick<Context, 'em' | 'now'>): Promise<void> {
  await record({ em }, async (fork) => {
    await trimKeys.run(fork, [now, BATCH]);
    await trimLogins.run(fork, [now, BATCH]);
  });
}
