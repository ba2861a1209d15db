import { Operator as View, OperatorRef } from '@gatehouse/contract/operator';
import { changed, command } from '../kernel/command.ts';
import { lockOperator } from './authorized-operator.ts';
import { mailOperator } from './mail-operator.ts';
import { operatorView } from './operator.view.ts';

export const renewOperatorInvite = command({
  name: 'operators.renewInvite',
  access: 'operators:write',
  summary: 'Mail a new invitation to an operator who has not accepted one; the former link stops working',
  input: OperatorRef,
  output: View,
  async run(scope, { operator_id }) {
    const operator = await lockOperator(scope, operator_id);
    operator.renewInvite(scope.now);
    mailOperator(scope, scope.emit('operator.invite_renewed', operator), { kind: 'operator_invitation', operator });
    return changed(operatorView(operator));
  },
});
