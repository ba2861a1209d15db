import type { PortalId } from '@gatehouse/contract/ids';
import { notFound } from '@gatehouse/contract/errors';
import { Portal } from '@gatehouse/db/entities/portal.entity';
import { entityBy, type Lock } from '@gatehouse/db/entities-by';
import type { EntityManager } from '@mikro-orm/postgresql';
import { isId } from '../list/ids.ts';

export async function findPortal(em: EntityManager, portalId: PortalId, lock?: Lock): Promise<Portal> {
  if (!isId(portalId)) throw notFound('portal');
  const known = lock === undefined ? em.getUnitOfWork().getById(Portal, portalId) : undefined;
  const portal = known ?? (await entityBy(em, Portal, { where: 'e.id = ?', values: [portalId], lock }));
  if (!portal) throw notFound('portal');
  return portal;
}
