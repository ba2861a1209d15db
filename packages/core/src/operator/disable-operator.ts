import { Operator as View, OperatorRef } from '@gatehouse/contract/operator';
import { changed, command, unchanged } from '../kernel/command.ts';
import { lockOperator } from './authorized-operator.ts';
import { endOperatorSessions } from './end-operator-sessions.ts';
import { assertNotLastOwner, ownsInstallation } from './last-owner.ts';
import { operatorView } from './operator.view.ts';

export const disableOperator = command({
  name: 'operators.disable',
  access: 'operators:write',
  summary: 'Disable an operator: sessions end immediately, and mailed links stop working',
  input: OperatorRef,
  output: View,
  async run(scope, { operator_id }) {
    const operator = await lockOperator(scope, operator_id);
    if (ownsInstallation(operator)) await assertNotLastOwner(scope, operator);
    if (!operator.disable(scope.now)) return unchanged(operatorView(operator));
    endOperatorSessions(scope.em, operator.id);
    scope.emit('operator.disabled', operator, ['state']);
    return changed(operatorView(operator));
  },
});
