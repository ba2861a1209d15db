import { Developer } from '@gatehouse/contract/developer';
import { UpdateMeInput } from '@gatehouse/contract/session';
import { fieldError, GatehouseError } from '@gatehouse/contract/errors';
import { changed, command, unchanged } from '../command.ts';
import { enforce } from '../decision.ts';
import { developerView } from '../developer/developer.view.ts';
import { changedFields, mergeLabels } from '../merge-patch.ts';
import { assertActive } from '../portal/portal-caller.ts';
import { findSelf, inPerson, lockSelf } from '../session/in-person.ts';
import { isPassword } from '../session/login-hashes.ts';
import { changeOwnEmail } from './change-own-email.ts';

export const updateMe = command({
  name: 'me.update',
  access: 'developer',
  summary: 'Change your name, email or labels; a new address must be confirmed by the link that is mailed to it',
  input: UpdateMeInput,
  output: Developer,
  async prepare({ em, actor }, { email, current_password }) {
    const self = await findSelf(em.fork(), inPerson({ actor, authorize: enforce }));
    if (email === undefined || email === (self.email ?? null)) return null;
    if (self.provider === 'sso')
      throw fieldError('illegal_state', 'email', 'The email comes from your identity provider: change it there.');
    if (current_password === undefined)
      throw fieldError('invalid_input', 'current_password', 'Another email needs the current password.');
    if (!(await isPassword(self.passwordHash ?? null, current_password)))
      throw fieldError('wrong_password', 'current_password', 'The current password is wrong.');
    return self.passwordHash ?? null;
  },
  async run(scope, { name, email, labels }, proved) {
    const developer = await lockSelf(scope, inPerson(scope));
    assertActive(developer.state);
    const before = { name: developer.name, email: developer.email ?? null, labels: developer.labels };
    const after = {
      name: name ?? before.name,
      email: email === undefined ? before.email : email,
      labels: mergeLabels(before.labels, labels),
    };
    const names = changedFields(before, after);
    if (names.length === 0) return unchanged(developerView(developer));
    developer.name = after.name;
    developer.labels = after.labels;
    developer.updatedAt = scope.now;
    const event = scope.emit({
      name: 'developer.updated',
      portalId: developer.portal,
      resourceType: 'developer',
      resourceId: developer.developerId,
      changed: names,
    });
    if (names.includes('email')) {
      if (proved === null || developer.passwordHash !== proved)
        throw new GatehouseError('illegal_state', 'The password or the email has just been changed by another call.');
      await changeOwnEmail(scope, event, { developer, email: after.email });
    }
    return changed(developerView(developer));
  },
});
