import { z } from 'zod';
import { ListTokensInput, TokenPage } from '@gatehouse/contract/token';
import { equalsConstant } from '../list/fragment.ts';
import { listPage, listRow } from '../list/list.ts';
import { inReach } from '../portal/portal-filter.ts';
import { query } from '../kernel/query.ts';
import { TOKEN_ROW, TOKEN_COLUMNS, tokenView } from './token.view.ts';

export const listTokens = query({
  name: 'tokens.list',
  access: 'tokens:read',
  summary: 'List tokens, without their secrets',
  input: ListTokensInput,
  output: TokenPage,
  run(scope, input) {
    const { where, filters } = inReach(scope, 'portal_id', input.portal_id);
    return listPage(scope, input, {
      row: z.object({ ...TOKEN_ROW, ...listRow }),
      select: TOKEN_COLUMNS,
      from: 'token',
      id: 'id',
      where: [],
      filters: [...where, ...filters, ...equalsConstant('kind', input.kind)],
      order: { created_at: { column: 'created_at', type: 'timestamptz' }, name: { column: 'name', type: 'text' } },
      defaultOrder: 'created_at',
      present: tokenView,
    });
  },
});
