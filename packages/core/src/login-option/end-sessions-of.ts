import type { LoginOption } from '@gatehouse/db/entities/login-option.entity';
import type { EntityManager } from '@mikro-orm/postgresql';

/** From the end of this transaction on nobody is signed in by this login option. */
export async function endSessionsOf(em: EntityManager, option: LoginOption): Promise<void> {
  if (option.providerType === 'built_in') await em.execute(BUILT_IN, [option.portal]);
  else await em.execute('delete from session where login_option_id = ?', [option.id]);
}

const BUILT_IN = `delete from session s using developer d
  where d.id = s.developer_uid and d.portal_id = ? and s.login_option_id is null`;
