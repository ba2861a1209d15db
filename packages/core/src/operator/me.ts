import { OperatorMe, OperatorMeInput } from '@gatehouse/contract/operator';
import { ACCESSES, allows } from '@gatehouse/contract/scopes';
import { Operator } from '@gatehouse/db/entities/operator.entity';
import { entityBy } from '@gatehouse/db/entities-by';
import { allowed } from '../kernel/decision.ts';
import { query } from '../kernel/query.ts';
import { reachOf } from '../portal/portal.policy.ts';
import { askingHolder } from './asking-holder.ts';
import { operatorView } from './operator.view.ts';

export const getOperatorMe = query({
  name: 'operators.me',
  access: 'operator',
  summary: 'Get the operator or admin token that makes the call, and what it may do',
  input: OperatorMeInput,
  output: OperatorMe,
  async run({ em, actor, authorize }) {
    authorize(allowed);
    const { kind, id, name, scopes, sessionId = null } = askingHolder(actor);
    const operator = kind === 'operator' ? await entityBy(em, Operator, { where: 'e.id = ?', values: [id] }) : null;
    return {
      kind,
      id,
      name,
      operator: operator && operatorView(operator),
      can: ACCESSES.filter((access) => allows(scopes, access)),
      portal_ids: reachOf(actor).portalIds?.slice() ?? null,
      session_id: sessionId,
    };
  },
});
