import { statement } from '@gatehouse/db/statement';
import type { Context } from '../kernel/context.ts';
import { record } from '../kernel/record.ts';

/** Whoever has not seen a revocation for so long has lost its connection, and then takes everything for revoked. */
const trimOld = statement({
  name: 'revocation.trim',
  text: `delete from revocation where created_at < now() - interval '1 hour'`,
  params: [],
});

/** Removes what every process has long seen. */
export async function trimRevocations(context: Pick<Context, 'em'>): Promise<void> {
  await record(context, (em) => trimOld.run(em, []));
}
