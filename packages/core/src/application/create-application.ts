import { Application as View, CreateApplicationInput } from '@gatehouse/contract/application';
import { newId } from '@gatehouse/db/columns';
import { Application } from '@gatehouse/db/entities/application.entity';
import { changed, command } from '../kernel/command.ts';
import { lockOwnerAlone } from '../developer/lock-owner.ts';
import { fragment } from '../list/fragment.ts';
import { assertBelowLimit } from '../portal/assert-below-limit.ts';
import { activeDeveloper, portalCaller } from '../portal/portal-caller.ts';
import { applicationView } from './application.view.ts';

export const createApplication = command({
  name: 'applications.create',
  access: 'applications:write',
  summary: 'Create an application for the developer on whose behalf the call is made',
  input: CreateApplicationInput,
  output: View,
  async run(scope, { portal_id, name, desc = '', labels = {} }) {
    const { em, now } = scope;
    const caller = portalCaller(scope, portal_id);
    const { uid, developerId } = activeDeveloper(caller);
    await lockOwnerAlone(scope, caller, uid);
    await assertBelowLimit(scope, {
      portalId: caller.portalId,
      setting: 'max_applications',
      held: fragment('application where developer_uid = ?', uid),
    });
    const application = em.create(Application, {
      id: newId(),
      developer: uid,
      portalId: caller.portalId,
      name,
      desc,
      labels,
      createdAt: now,
      updatedAt: now,
    });
    scope.emit('application.created', { type: 'application', id: application.id, portalId: caller.portalId });
    return changed(applicationView(application, developerId));
  },
});
