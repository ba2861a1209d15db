import type { PortalId } from '@gatehouse/contract/ids';
import { GatehouseError } from '@gatehouse/contract/errors';
import { LoginOption } from '@gatehouse/db/entities/login-option.entity';
import { entityBy, type Lock } from '@gatehouse/db/entities-by';
import type { EntityManager } from '@mikro-orm/postgresql';

/**
 * Throws `login_option_disabled` if the portal does not accept passwords. `lock`: keeps the built-in login from being
 * disabled until the transaction ends, so that disabling it ends every session.
 */
export async function assertBuiltIn(em: EntityManager, portalId: PortalId, lock?: Lock): Promise<void> {
  const option = await entityBy(em, LoginOption, {
    where: `e.portal_id = ? and e.provider_type = 'built_in'`,
    values: [portalId],
    lock,
  });
  if (option?.disable)
    throw new GatehouseError('login_option_disabled', 'This portal does not accept passwords. Sign in another way.');
}
