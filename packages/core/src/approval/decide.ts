import { rowId } from '@gatehouse/contract/ids';
import { statement } from '@gatehouse/db/statement';
import { z } from 'zod';
import type { Actor } from '@gatehouse/contract/actor';
import { GatehouseError, notFound } from '@gatehouse/contract/errors';
import { Approval } from '@gatehouse/db/entities/approval.entity';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import { LockMode } from '@mikro-orm/core';
import type { Scope } from '../kernel/command.ts';
import { findPortal } from '../portal/find-portal.ts';
import { manageIn } from '../portal/portal.policy.ts';
import { isId } from '../list/ids.ts';

type Input = { approval_id: string; reason?: string | undefined; metadata?: string | undefined };
/** `developer` is null if the same decision was made before, so that nothing is left to do. */
export type DecidedApproval = { approval: Approval; portal: Portal; developer: Developer | null };

/**
 * Decides an approval. The row lock ensures a single winner among concurrent decisions. Like every change of a developer's
 * records, it locks the developer first. After a deletion it therefore throws `not_found`.
 */
export async function decide(scope: Scope, input: Input, result: 'accepted' | 'rejected'): Promise<DecidedApproval> {
  const { em, actor, now } = scope;
  refuseDevelopers(actor);
  const filed = await findFiled(scope, input.approval_id);
  scope.authorize(manageIn(actor, filed.portal, 'approval'));
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE };
  const developer = filed.developer ? await em.findOne(Developer, { id: filed.developer, leftAt: null }, lock) : null;
  const approval = await em.findOne(Approval, { id: filed.id }, lock);
  if (!approval || (approval.status === 'pending' && !developer)) throw notFound('approval');
  const verdict = { by: operatorOf(scope, input), reason: input.reason || null, metadata: input.metadata ?? null, now };
  const first = approval.decide(result, verdict);
  return { approval, portal: await findPortal(em, approval.portal), developer: first ? developer : null };
}

/** The fields of an approval that never change, except that an erasure removes the developer. */
const filedApproval = statement({
  name: 'approval.filed',
  text: 'select id, portal_id as portal, developer_uid as developer from approval where id = ?',
  params: ['uuid'],
  row: z.object({ id: rowId.approval, portal: rowId.portal, developer: rowId.developer.nullable() }),
});

async function findFiled({ em }: Scope, id: string): Promise<z.output<typeof filedApproval.row>> {
  const filed = isId(id) ? await filedApproval.first(em, [id]) : undefined;
  if (!filed) throw notFound('approval');
  return filed;
}

/**
 * Front ends of the compatible API expect this operator before they read from `metadata` who decided. The audit event
 * names the token.
 */
const OPERATOR_IN_METADATA = 'developer_portal_admin';

function operatorOf({ actor }: Scope, { metadata }: Input): { id: string; name: string } {
  switch (actor.kind) {
    case 'admin_token':
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
