import { statement } from '@gatehouse/db/statement';
import type { Context } from '../kernel/context.ts';
import { record } from '../kernel/record.ts';

const without = (owner: string, column: string): string =>
  `c where not exists (select from ${owner} o where o.id = c.${column})`;

/** A snapshot that shows a counter also shows what it counts for, unless that has been deleted. */
const trim = statement({
  name: 'counters.trim',
  text: `with applications as (delete from application_count ${without('portal', 'portal_id')}),
    approvals as (delete from approval_count ${without('portal', 'portal_id')}),
    credentials as (delete from credential_count ${without('portal', 'portal_id')}),
    developers as (delete from developer_count ${without('portal', 'portal_id')})
  delete from subscription_count ${without('api_product', 'api_product_id')}`,
  params: [],
});

/** Deletes the counters of deleted portals and API products, which are zero. */
export async function trimCounters({ em }: Pick<Context, 'em'>): Promise<void> {
  await record({ em }, (fork) => trim.run(fork, []));
}
