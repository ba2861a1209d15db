import type { Actor } from '@gatehouse/contract/actor';
import { GatehouseError, notFound } from '@gatehouse/contract/errors';
import { Approval } from '@gatehouse/db/entities/approval.entity';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import { LockMode } from '@mikro-orm/core';
import type { Scope } from '../command.ts';
import { findPortal } from '../portal/find-portal.ts';
import { manageIn } from '../portal/portal.policy.ts';
import { isId } from '../present.ts';

type Input = { approval_id: string; reason?: string | undefined; metadata?: string | undefined };
/** `developer` is null where the same decision was taken before: there is nothing left to do. */
type Decided = { approval: Approval; portal: Portal; developer: Developer | null };

/**
 * Takes the decision, once: the row lock makes of many at once one winner. The developer is locked too, after the
 * approval, so that a deletion which was first makes this a 404.
 */
export async function decide(scope: Scope, input: Input, result: 'accepted' | 'rejected'): Promise<Decided> {
  const { em, actor, now } = scope;
  refuseDevelopers(actor);
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE };
  const approval = isId(input.approval_id) ? await em.findOne(Approval, { id: input.approval_id }, lock) : null;
  if (!approval) throw notFound('approval');
  scope.authorize(manageIn(actor, approval.portal, 'approval'));
  const wasPending = approval.status === 'pending';
  const developer =
    wasPending && approval.developer
      ? await em.findOne(Developer, { id: approval.developer, leftAt: null }, lock)
      : null;
  if (wasPending && !developer) throw notFound('approval');
  const verdict = { by: operatorOf(scope), reason: input.reason ?? null, metadata: input.metadata ?? null, now };
  const first = approval.decide(result, verdict);
  if (first && approval.event === 'api_product_subscription') {
    throw new GatehouseError('illegal_state', 'Subscriptions cannot be decided yet.');
  }
  return { approval, portal: await findPortal(em, approval.portal), developer };
}

function operatorOf({ actor }: Scope): { id: string; name: string } {
  switch (actor.kind) {
    case 'admin_token':
    case 'portal_token':
      return { id: actor.id, name: actor.name };
    case 'system':
      return { id: actor.id, name: actor.id };
    case 'developer':
      throw nobodyDecides();
    case 'anonymous':
      throw new GatehouseError('unauthenticated', 'Send a valid token.');
  }
}

/** Not even of an approval that is not there. */
function refuseDevelopers(actor: Actor): void {
  if (actor.kind === 'developer' || (actor.kind === 'portal_token' && actor.developer)) throw nobodyDecides();
}

const nobodyDecides = (): GatehouseError =>
  new GatehouseError('forbidden', 'Nobody decides an approval as a developer, nor a portal on behalf of one.');
