import type { PortalId } from '@gatehouse/contract/ids';
import { notFound } from '@gatehouse/contract/errors';
import { Portal } from '@gatehouse/db/entities/portal.entity';
import type { EntityManager, LockMode } from '@mikro-orm/postgresql';
import { isId } from '../list/ids.ts';

export async function findPortal(em: EntityManager, portalId: PortalId, lockMode?: LockMode): Promise<Portal> {
  const portal = isId(portalId) ? await em.findOne(Portal, portalId, lockMode === undefined ? {} : { lockMode }) : null;
  if (!portal) throw notFound('portal');
  return portal;
}
