import { InviteOperatorInput, Operator as View } from '@gatehouse/contract/operator';
import { newId } from '@gatehouse/db/columns';
import { comparable } from '@gatehouse/db/comparable';
import { Operator } from '@gatehouse/db/entities/operator.entity';
import { changed, command } from '../kernel/command.ts';
import { assertPortals } from './assert-portals.ts';
import { mailOperator } from './mail-operator.ts';
import { grantPower } from './operator.policy.ts';
import { operatorView } from './operator.view.ts';

export const inviteOperator = command({
  name: 'operators.invite',
  access: 'operators:write',
  summary: 'Invite an operator by a mailed link to choose a password',
  input: InviteOperatorInput,
  output: View,
  async run(scope, { name, email, role, portal_ids }) {
    const { em, actor, now, authorize, emit } = scope;
    const portalIds = portal_ids && [...new Set(portal_ids)];
    authorize(grantPower(actor, { role, portalIds }));
    await assertPortals(em, portalIds);
    const operator = em.create(Operator, {
      id: newId(),
      name,
      email,
      emailKey: comparable(email),
      role,
      portalIds,
      state: 'invited',
      linkVersion: 0,
      createdAt: now,
      updatedAt: now,
    });
    mailOperator(scope, emit('operator.invited', operator), { kind: 'operator_invitation', operator });
    return changed(operatorView(operator));
  },
});
