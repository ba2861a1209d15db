import { rowId } from '@gatehouse/contract/ids';
import { statement } from '@gatehouse/db/statement';
import { z } from 'zod';
import { changed, command, unchanged } from '../kernel/command.ts';
import { manageIn } from '../portal/portal.policy.ts';
import { eraseMany } from './erase-many.ts';

/** The most deletions of one call, and the most records that the developer of each owns: 2,000 records in one transaction. */
const MOST = 50;
const ORDINARY = 40;

const owns = (records: string): string =>
  `(select count(*) from (select from ${records} limit ${String(ORDINARY + 1)}) t)`;

// A deletion that is locked or has begun belongs to another worker or is large.
const ordinary = statement({
  name: 'deletion.ordinary',
  text: `select d.id, d.portal_id as "portalId", d.developer_uid as developer from deletion d
  where d.id = any(?) and d.status = 'pending' and d.developer_uid is not null and
    ${owns('application o where o.developer_uid = d.developer_uid')}
    + ${owns('credential o where o.developer_uid = d.developer_uid')}
    + ${owns('subscription o where o.developer_uid = d.developer_uid')}
    + ${owns('approval o where o.developer_uid = d.developer_uid')}
    + ${owns('email o where o.developer_uid = d.developer_uid')}
    + ${owns('event_context o where o.developer_uid = d.developer_uid')} <= ${String(ORDINARY)}
  order by d.id for update of d skip locked`,
  params: ['uuid[]'],
  row: z.object({ id: rowId.deletion, portalId: rowId.portal, developer: rowId.developer.nullable() }),
});

export const finishManyDeletions = command({
  name: 'deletions.finishMany',
  access: 'system',
  summary: 'Erase developers who own few records, all in one transaction. Returns the ids of the completed deletions.',
  input: z.strictObject({ deletions: z.array(rowId.deletion).max(MOST) }),
  output: z.array(rowId.deletion),
  async run({ em, actor, now, authorize, emit }, { deletions }) {
    authorize(manageIn(actor, null, 'deletion'));
    const found = await ordinary.all(em, [deletions]);
    const erasable = found.flatMap(({ developer, ...rest }) => (developer === null ? [] : [{ ...rest, developer }]));
    if (erasable.length === 0) return unchanged([]);
    await eraseMany(em, erasable, now);
    for (const { id, portalId } of erasable) emit('deletion.completed', { type: 'deletion', id, portalId }, ['status']);
    return changed(erasable.map(({ id }) => id));
  },
});
