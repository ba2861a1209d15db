import { ListOperatorsInput, OperatorPage } from '@gatehouse/contract/operator';
import { z } from 'zod';
import { equalsConstant, fragment } from '../list/fragment.ts';
import { listPage, listRow } from '../list/list.ts';
import { matches } from '../list/search.ts';
import { query } from '../kernel/query.ts';
import { seeOperators } from './operator.policy.ts';
import { OPERATOR_COLUMNS, OPERATOR_ROW, operatorView } from './operator.view.ts';

export const listOperators = query({
  name: 'operators.list',
  access: 'operators:read',
  summary: 'List operators',
  input: ListOperatorsInput,
  output: OperatorPage,
  run(scope, input) {
    const { decision, portalIds } = seeOperators(scope.actor);
    scope.authorize(decision);
    return listPage(scope, input, {
      row: z.object({ ...OPERATOR_ROW, ...listRow }),
      select: OPERATOR_COLUMNS,
      from: 'operator',
      id: 'id',
      where: [],
      filters: [
        ...(portalIds === null
          ? []
          : [fragment('portal_ids && ?::uuid[] and portal_ids <@ ?::uuid[]', portalIds, portalIds)]),
        ...equalsConstant('role', input.role),
        ...equalsConstant('state', input.state),
        ...matches('search_text', input.search),
      ],
      order: {
        created_at: { column: 'created_at', type: 'timestamptz' },
        name: { column: 'name', type: 'text' },
        email: { column: 'email_key', type: 'text' },
        last_login_at: { column: 'last_login_at', type: 'timestamptz', nullable: true },
      },
      defaultOrder: 'created_at',
      present: operatorView,
    });
  },
});
