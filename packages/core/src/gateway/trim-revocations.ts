import { statement } from '@gatehouse/db/statement';
import type { Context } from '../kernel/context.ts';
import { record } from '../kernel/record.ts';

/** A process that has not polled for this long has lost its connection, and then treats everything as revoked. */
const trimOld = statement({
  name: 'revocation.trim',
  text: `delete from revocation where created_at < now() - interval '1 hour'`,
  params: [],
});

/** Deletes revocations that every process has seen. */
export async function trimRevocations(context: Pick<Context, 'em'>): Promise<void> {
  await record(context, (em) => trimOld.run(em, []));
}
