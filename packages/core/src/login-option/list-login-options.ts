import { z } from 'zod';
import { ListLoginOptionsInput, LoginOptionPage } from '@gatehouse/contract/login-option';
import { equalsConstant, fragment } from '../list/fragment.ts';
import { listPage, listRow } from '../list/list.ts';
import { matches } from '../list/search.ts';
import { findPortal } from '../portal/find-portal.ts';
import { manageIn } from '../portal/portal.policy.ts';
import { query } from '../kernel/query.ts';
import { LOGIN_OPTION_ROW, LOGIN_OPTION_COLUMNS, loginOptionView } from './login-option.view.ts';

export const listLoginOptions = query({
  name: 'loginOptions.list',
  access: 'login_options:read',
  summary: 'List the login options of a portal',
  input: ListLoginOptionsInput,
  output: LoginOptionPage,
  async run(scope, input) {
    scope.authorize(manageIn(scope.actor, input.portal_id, 'portal'));
    const portal = await findPortal(scope.em, input.portal_id);
    return listPage(scope, input, {
      row: z.object({ ...LOGIN_OPTION_ROW, ...listRow }),
      select: LOGIN_OPTION_COLUMNS,
      from: 'login_option',
      id: 'id',
      where: [fragment('portal_id = ?', portal.id)],
      filters: [
        ...equalsConstant('provider_type', input.provider_type),
        // A portal has only a few, so the list works without an index.
        ...matches('lower(chr(10) || name)', input.search),
      ],
      large: ['config'],
      order: { created_at: { column: 'created_at', type: 'timestamptz' }, name: { column: 'name', type: 'text' } },
      defaultOrder: 'created_at',
      present: (row) => loginOptionView({ portal, settings: scope.settings }, row),
    });
  },
});
