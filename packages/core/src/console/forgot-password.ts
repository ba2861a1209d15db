import { ForgotConsolePasswordInput } from '@gatehouse/contract/console';
import { Registration } from '@gatehouse/contract/developer';
import { rowId } from '@gatehouse/contract/ids';
import { comparable } from '@gatehouse/db/comparable';
import { statement } from '@gatehouse/db/statement';
import { z } from 'zod';
import { queueDecoy } from '../email/queue-decoy.ts';
import { changed, command } from '../kernel/command.ts';
import { allowed } from '../kernel/decision.ts';
import { mailOperator } from '../operator/mail-operator.ts';

export const forgotConsolePassword = command({
  name: 'console.forgotPassword',
  access: 'public',
  summary: 'Request a link to set a new password for the console; the response is the same for every address',
  input: ForgotConsolePasswordInput,
  output: Registration,
  async run(scope, { email }) {
    scope.authorize(allowed);
    const operator = await activeOperator.first(scope.em, [comparable(email)]);
    const id = operator?.id ?? 'unknown';
    const event = scope.emit('operator.password_forgotten', { type: 'operator', id, portalId: null });
    if (operator) mailOperator(scope, event, { kind: 'operator_password_reset', operator });
    else queueDecoy(scope, event, null);
    return changed({ status: 'submitted' as const });
  },
});

/** Plain rows, because creating an entity would make known addresses measurably slower than unknown ones. */
const activeOperator = statement({
  name: 'operator.active_by_email',
  text: `select id, name, email, link_version as "linkVersion" from operator where email_key = ? and state = 'active'`,
  params: ['text'],
  row: z.object({ id: rowId.operator, name: z.string(), email: z.string(), linkVersion: z.int() }),
});
