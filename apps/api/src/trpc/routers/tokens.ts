import { createToken } from '@gatehouse/core/token/create-token';
import { deleteToken } from '@gatehouse/core/token/delete-token';
import { listTokens } from '@gatehouse/core/token/list-tokens';
import { regenerateToken } from '@gatehouse/core/token/regenerate-token';
import { exposeCommand, exposeQuery } from '../expose.ts';
import { router } from '../init.ts';

export const tokens = router({
  list: exposeQuery(listTokens),
  create: exposeCommand(createToken, 'change'),
  regenerate: exposeCommand(regenerateToken, 'change'),
  delete: exposeCommand(deleteToken, 'change'),
});
