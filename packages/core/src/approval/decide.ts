import type { Actor } from '@gatehouse/contract/actor';
import { GatehouseError, notFound } from '@gatehouse/contract/errors';
import { Approval } from '@gatehouse/db/entities/approval.entity';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import { Portal } from '@gatehouse/db/entities/portal.entity';
import { entityBy } from '@gatehouse/db/entities-by';
import type { Scope } from '../kernel/command.ts';
import { manageIn, reachOf } from '../portal/portal.policy.ts';
import { isId } from '../list/ids.ts';

type Input = { approval_id: string; reason?: string | undefined; metadata?: string | undefined };
/** `developer` is null if the same decision was made before, so that nothing is left to do. */
export type DecidedApproval = { approval: Approval; portal: Portal; developer: Developer | null };

/**
 * Decides an approval. The row lock ensures a single winner among concurrent decisions. Like every change of a developer's
 * records, it locks the developer first. After a deletion it therefore throws `not_found`.
 */
export async function decide(scope: Scope, input: Input, result: 'accepted' | 'rejected'): Promise<DecidedApproval> {
  refuseDevelopers(scope.actor);
  const { approval, portal, developer } = await lock(scope, input.approval_id);
  scope.authorize(manageIn(scope.actor, portal.id, 'approval'));
  if (approval.status === 'pending' && !developer) throw notFound('approval');
  const by = operatorOf(scope, input);
  const verdict = { by, reason: input.reason || null, metadata: input.metadata ?? null, now: scope.now };
  const first = approval.decide(result, verdict);
  return { approval, portal, developer: first ? developer : null };
}

/** Locks the developer and the approval, unless it is outside the portals of the actor. All in one round trip. */
async function lock({ em, actor }: Scope, id: string): Promise<DecidedApproval> {
  if (!isId(id)) throw notFound('approval');
  const filed = 'a.id = ? and coalesce(a.portal_id = any(?::uuid[]), true)';
  const values = [id, reachOf(actor).portalIds];
  const [developer, approval, portal] = await Promise.all([
    entityBy(em, Developer, {
      join: 'join approval a on a.developer_uid = e.id',
      where: `${filed} and e.left_at is null`,
      values,
      lock: 'for update',
    }),
    entityBy(em, Approval, { where: filed.replaceAll('a.', 'e.'), values, lock: 'for update' }),
    entityBy(em, Portal, { join: 'join approval a on a.portal_id = e.id', where: filed, values }),
  ]);
  if (!approval || !portal) throw notFound('approval');
  return { approval, portal, developer };
}

/**
 * Front ends of the compatible API expect this operator before they read from `metadata` who decided. The audit event
 * names the token.
 */
const OPERATOR_IN_METADATA = 'developer_portal_admin';

function operatorOf({ actor }: Scope, { metadata }: Input): { id: string; name: string } {
  switch (actor.kind) {
    case 'admin_token':
    case 'operator':
      return { id: actor.id, name: actor.name };
    case 'portal_token':
      return { id: metadata === undefined ? actor.id : OPERATOR_IN_METADATA, name: actor.name };
    case 'system':
      return { id: actor.id, name: actor.id };
    case 'developer':
      throw developersCannotDecide();
    case 'anonymous':
      throw new GatehouseError('unauthenticated', 'Send a valid token.');
  }
}

/** Checked before the approval is read, so that the error reveals nothing about it. */
function refuseDevelopers(actor: Actor): void {
  if (actor.kind === 'developer' || (actor.kind === 'portal_token' && actor.developer)) throw developersCannotDecide();
}

const developersCannotDecide = (): GatehouseError =>
  new GatehouseError('forbidden', 'Developers cannot decide approvals, even through a portal token.');
