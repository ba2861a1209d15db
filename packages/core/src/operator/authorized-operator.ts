import { notFound } from '@gatehouse/contract/errors';
import type { OperatorId } from '@gatehouse/contract/ids';
import { Operator } from '@gatehouse/db/entities/operator.entity';
import { entityBy } from '@gatehouse/db/entities-by';
import type { Scope } from '../kernel/command.ts';
import type { QueryScope } from '../kernel/query.ts';
import { isId } from '../list/ids.ts';
import { manageOperator, seeOperator } from './operator.policy.ts';

const byId = (id: OperatorId) => ({ where: 'e.id = ?', values: [id] });

/** The operator, if the actor may read it. */
export async function authorizedOperator(
  { em, actor, authorize }: Pick<QueryScope, 'em' | 'actor' | 'authorize'>,
  id: OperatorId,
): Promise<Operator> {
  const operator = isId(id) ? await entityBy(em, Operator, byId(id)) : null;
  if (!operator) throw notFound('operator');
  authorize(seeOperator(actor, operator));
  return operator;
}

/** The operator, locked, if the actor may change it. */
export async function lockOperator({ em, actor, authorize }: Scope, id: OperatorId): Promise<Operator> {
  const operator = isId(id) ? await entityBy(em, Operator, { ...byId(id), lock: 'for update' }) : null;
  if (!operator) throw notFound('operator');
  authorize(manageOperator(actor, operator));
  return operator;
}
