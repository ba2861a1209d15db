import { Application as View, CreateApplicationInput } from '@gatehouse/contract/application';
import { newId } from '@gatehouse/db/columns';
import { Application } from '@gatehouse/db/entities/application.entity';
import { changed, command } from '../command.ts';
import { lockOwner } from '../developer/lock-owner.ts';
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
    await lockOwner(scope, caller, uid);
    const application = em.create(Application, {
      id: newId(),
      developer: uid,
      name,
      desc,
      labels,
      createdAt: now,
      updatedAt: now,
    });
    scope.emit({
      name: 'application.created',
      portalId: caller.portalId,
      resourceType: 'application',
      resourceId: application.id,
    });
    return changed(applicationView(application, developerId));
  },
});
