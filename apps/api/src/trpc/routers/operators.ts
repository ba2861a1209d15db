import { deleteOperator } from '@gatehouse/core/operator/delete-operator';
import { disableOperator } from '@gatehouse/core/operator/disable-operator';
import { enableOperator } from '@gatehouse/core/operator/enable-operator';
import { endSessionsOfOperator } from '@gatehouse/core/operator/end-sessions';
import { getOperator } from '@gatehouse/core/operator/get-operator';
import { inviteOperator } from '@gatehouse/core/operator/invite-operator';
import { listOperators } from '@gatehouse/core/operator/list-operators';
import { listOperatorSessions } from '@gatehouse/core/operator/list-sessions';
import { getOperatorMe } from '@gatehouse/core/operator/me';
import { renewOperatorInvite } from '@gatehouse/core/operator/renew-invite';
import { updateOperator } from '@gatehouse/core/operator/update-operator';
import { exposeCommand, exposeQuery } from '../expose.ts';
import { router } from '../init.ts';

export const operators = router({
  me: exposeQuery(getOperatorMe),
  list: exposeQuery(listOperators),
  get: exposeQuery(getOperator),
  invite: exposeCommand(inviteOperator, 'mail'),
  renewInvite: exposeCommand(renewOperatorInvite, 'mail'),
  update: exposeCommand(updateOperator, 'change'),
  disable: exposeCommand(disableOperator, 'change'),
  enable: exposeCommand(enableOperator, 'change'),
  delete: exposeCommand(deleteOperator, 'change'),
  listSessions: exposeQuery(listOperatorSessions),
  endSessions: exposeCommand(endSessionsOfOperator, 'change'),
});
