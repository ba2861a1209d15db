import type { DeveloperUid, PortalId } from '@gatehouse/contract/ids';
import type { Actor } from '@gatehouse/contract/actor';
import { GatehouseError, notFound } from '@gatehouse/contract/errors';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import { entityBy, type Lock } from '@gatehouse/db/entities-by';
import type { Scope } from '../kernel/command.ts';
import { allowed, denied, type Decision } from '../kernel/decision.ts';
import type { QueryScope } from '../kernel/query.ts';

export type InPerson = Extract<Actor, { kind: 'developer' }>;

/** The developer whose session makes the call. Throws `not_found` if the call names another portal. */
export function inPerson(
  { actor, authorize }: { actor: Actor; authorize(decision: Decision): void },
  portalId?: PortalId,
): InPerson {
  if (actor.kind !== 'developer') throw new GatehouseError('forbidden', 'Only a signed-in developer can do this.');
  const isOwn = portalId === undefined || portalId === actor.portalId;
  authorize(isOwn ? allowed : denied(notFound('portal')));
  return actor;
}

const find = async (em: QueryScope['em'], uid: DeveloperUid, lock?: Lock): Promise<Developer> => {
  const developer = await entityBy(em, Developer, { where: 'e.id = ? and e.left_at is null', values: [uid], lock });
  if (!developer) throw sessionEnded();
  return developer;
};

export const sessionEnded = (): GatehouseError =>
  new GatehouseError('unauthenticated', 'The session has ended. Sign in again.');

/** Loads the developer who makes the call. */
export const findSelf = (em: QueryScope['em'], { uid }: InPerson): Promise<Developer> => find(em, uid);

/** Like `findSelf`, and locks the developer until the transaction ends. */
export const lockSelf = ({ em }: Scope, { uid }: InPerson): Promise<Developer> => find(em, uid, 'for update');
