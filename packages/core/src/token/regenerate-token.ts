import { NewToken, TokenRef } from '@gatehouse/contract/token';
import { changed, command } from '../kernel/command.ts';
import { lockToken } from './authorized-token.ts';
import { endTokenSessions } from './end-token-sessions.ts';
import { newTokenSecret } from './new-secret.ts';
import { tokenView } from './token.view.ts';

export const regenerateToken = command({
  name: 'tokens.regenerate',
  access: 'tokens:write',
  summary: 'Replace the secret of a token; the old one stops working immediately',
  input: TokenRef,
  output: NewToken,
  async run(scope, { token_id }) {
    const token = await lockToken(scope, token_id);
    const { token: secret, ...kept } = newTokenSecret(token.kind);
    token.regenerate(kept);
    endTokenSessions(scope.em, token.id);
    scope.emit('token.regenerated', token, ['token']);
    return changed({ ...tokenView(token), token: secret });
  },
});
