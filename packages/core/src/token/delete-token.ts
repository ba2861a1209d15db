import { TokenRef } from '@gatehouse/contract/token';
import { changed, command } from '../kernel/command.ts';
import { Nothing } from '../kernel/present.ts';
import { lockToken } from './authorized-token.ts';

export const deleteToken = command({
  name: 'tokens.delete',
  access: 'tokens:write',
  summary: 'Delete a token; it stops working immediately',
  input: TokenRef,
  output: Nothing,
  async run(scope, { token_id }) {
    const token = await lockToken(scope, token_id);
    scope.em.remove(token);
    scope.emit('token.deleted', token);
    return changed(null);
  },
});
