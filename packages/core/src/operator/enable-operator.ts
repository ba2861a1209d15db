import { Operator as View, OperatorRef } from '@gatehouse/contract/operator';
import { changed, command, unchanged } from '../kernel/command.ts';
import { lockOperator } from './authorized-operator.ts';
import { operatorView } from './operator.view.ts';

export const enableOperator = command({
  name: 'operators.enable',
  access: 'operators:write',
  summary: 'Enable a disabled operator; one who never chose a password needs a new invitation',
  input: OperatorRef,
  output: View,
  async run(scope, { operator_id }) {
    const operator = await lockOperator(scope, operator_id);
    if (!operator.enable(scope.now)) return unchanged(operatorView(operator));
    scope.emit('operator.enabled', operator, ['state']);
    return changed(operatorView(operator));
  },
});
