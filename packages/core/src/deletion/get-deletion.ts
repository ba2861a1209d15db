import { Deletion as View, DeletionRef } from '@gatehouse/contract/deletion';
import { notFound } from '@gatehouse/contract/errors';
import { Deletion } from '@gatehouse/db/entities/deletion.entity';
import { manageIn } from '../portal/portal.policy.ts';
import { isId } from '../list/ids.ts';
import { query } from '../kernel/query.ts';
import { deletionView } from './deletion.view.ts';

export const getDeletion = query({
  name: 'deletions.get',
  access: 'developers:read',
  summary: 'Get a deletion and its progress',
  input: DeletionRef,
  output: View,
  async run({ em, actor, authorize }, { deletion_id }) {
    const deletion = isId(deletion_id) ? await em.findOne(Deletion, deletion_id) : null;
    if (!deletion) throw notFound('deletion');
    authorize(manageIn(actor, deletion.portal, 'deletion'));
    return deletionView(deletion);
  },
});
