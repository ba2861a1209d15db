import { Operator as View, UpdateOperatorInput } from '@gatehouse/contract/operator';
import { changed, command, unchanged } from '../kernel/command.ts';
import { changedFields } from '../kernel/merge-patch.ts';
import { assertPortals } from './assert-portals.ts';
import { lockOperator } from './authorized-operator.ts';
import { assertNotLastOwner, ownsInstallation } from './last-owner.ts';
import { grantPower } from './operator.policy.ts';
import { operatorView } from './operator.view.ts';

export const updateOperator = command({
  name: 'operators.update',
  access: 'operators:write',
  summary: 'Change the name, role or portals of an operator',
  input: UpdateOperatorInput,
  output: View,
  async run(scope, { operator_id, ...patch }) {
    const { em, actor, now, authorize, emit } = scope;
    const operator = await lockOperator(scope, operator_id);
    const { name = operator.name, role = operator.role, portal_ids = operator.portalIds ?? null } = patch;
    const portalIds = portal_ids && [...new Set(portal_ids)];
    const before = operatorView(operator);
    const fields = changedFields(before, { name, role, portal_ids: portalIds });
    if (fields.length === 0) return unchanged(before);
    authorize(grantPower(actor, { role, portalIds }));
    if (patch.portal_ids !== undefined) await assertPortals(em, portalIds);
    if (ownsInstallation(operator) && !ownsInstallation({ state: operator.state, role, portalIds }))
      await assertNotLastOwner(scope, operator);
    operator.name = name;
    operator.role = role;
    operator.portalIds = portalIds;
    operator.updatedAt = now;
    emit('operator.updated', operator, fields);
    return changed(operatorView(operator));
  },
});
