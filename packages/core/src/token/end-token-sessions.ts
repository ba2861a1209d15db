import type { TokenId } from '@gatehouse/contract/ids';
import { statement } from '@gatehouse/db/statement';
import type { EntityManager } from '@mikro-orm/postgresql';

const endOfToken = statement({
  name: 'operator_session.end_of_token',
  text: 'delete from operator_session where token_id = ?',
  params: ['uuid'],
});

/** Ends the console sessions that began with the former secret of the token, when the transaction commits. */
export const endTokenSessions = (em: EntityManager, id: TokenId): void => endOfToken.atCommit(em, [id]);
