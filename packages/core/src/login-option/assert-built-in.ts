import type { PortalId } from '@gatehouse/contract/ids';
import { GatehouseError } from '@gatehouse/contract/errors';
import { LoginOption } from '@gatehouse/db/entities/login-option.entity';
import { LockMode, type EntityManager } from '@mikro-orm/postgresql';

/**
 * Whoever comes by a password, or for one, is told where passwords are not taken. `lock`: until this transaction ends
 * nobody disables them, so that no session is left over.
 */
export async function assertBuiltIn(em: EntityManager, portalId: PortalId, lock?: 'lock'): Promise<void> {
  const option = await em.findOne(
    LoginOption,
    { portal: portalId, providerType: 'built_in' },
    lock ? { lockMode: LockMode.PESSIMISTIC_READ } : {},
  );
  if (option?.disable)
    throw new GatehouseError('login_option_disabled', 'This portal does not accept passwords. Sign in another way.');
}
