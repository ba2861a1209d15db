import { OperatorRef } from '@gatehouse/contract/operator';
import { statement } from '@gatehouse/db/statement';
import { changed, command } from '../kernel/command.ts';
import { Nothing } from '../kernel/present.ts';
import { lockOperator } from './authorized-operator.ts';
import { assertNotLastOwner, ownsInstallation } from './last-owner.ts';

const anonymiseEmails = statement({
  name: 'email.anonymise_of_operator',
  text: `update email set "to" = 'erased-' || id, subject = 'erased', last_error = null,
    status = case status when 'queued' then 'suppressed' else status end,
    data = (select coalesce(jsonb_object_agg(key, 'erased'), '{}') from jsonb_each(data))
  where "to" = ? and portal_id is null`,
  params: ['text'],
});

export const deleteOperator = command({
  name: 'operators.delete',
  access: 'operators:write',
  summary: 'Delete an operator; decisions keep the name, mails keep nothing',
  input: OperatorRef,
  output: Nothing,
  async run(scope, { operator_id }) {
    const operator = await lockOperator(scope, operator_id);
    if (ownsInstallation(operator)) await assertNotLastOwner(scope, operator);
    scope.em.remove(operator);
    anonymiseEmails.atCommit(scope.em, [operator.email]);
    scope.emit('operator.deleted', operator);
    return changed(null);
  },
});
