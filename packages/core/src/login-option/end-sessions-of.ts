import { statement } from '@gatehouse/db/statement';
import type { LoginOption } from '@gatehouse/db/entities/login-option.entity';
import type { EntityManager } from '@mikro-orm/postgresql';

/** Ends all sessions of this login option when the transaction commits. */
export async function endSessionsOf(em: EntityManager, option: LoginOption): Promise<void> {
  if (option.providerType === 'built_in') await endBuiltIn.run(em, [option.portal]);
  else await endOfOption.run(em, [option.id]);
}

const endBuiltIn = statement({
  name: 'session.end_of_built_in',
  text: `delete from session s using developer d
  where d.id = s.developer_uid and d.portal_id = ? and s.login_option_id is null`,
  params: ['uuid'],
});

const endOfOption = statement({
  name: 'session.end_of_option',
  text: 'delete from session where login_option_id = ?',
  params: ['uuid'],
});
