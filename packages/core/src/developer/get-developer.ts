import { Developer, DeveloperRef } from '@gatehouse/contract/developer';
import { notFound } from '@gatehouse/contract/errors';
import { statement } from '@gatehouse/db/statement';
import { z } from 'zod';
import { query } from '../kernel/query.ts';
import { isDeveloperId, isId } from '../list/ids.ts';
import { manageIn } from '../portal/portal.policy.ts';
import { DEVELOPER_COLUMNS, DEVELOPER_ROW, developerView } from './developer.view.ts';

const developerByRef = statement({
  name: 'developer.by_ref',
  text: `select d.id, ${DEVELOPER_COLUMNS} from developer d
  where d.portal_id = ? and d.developer_id = ? and d.left_at is null`,
  params: ['uuid', 'text'],
  row: z.object(DEVELOPER_ROW),
});

export const getDeveloper = query({
  name: 'developers.get',
  access: 'developers:read',
  summary: 'Get a developer',
  input: DeveloperRef,
  output: Developer,
  async run({ em, actor, authorize }, { portal_id, developer_id }) {
    authorize(manageIn(actor, portal_id, 'developer'));
    const isPossible = isId(portal_id) && isDeveloperId(developer_id);
    const developer = isPossible ? await developerByRef.first(em, [portal_id, developer_id]) : undefined;
    if (!developer) throw notFound('developer');
    return developerView(developer);
  },
});
