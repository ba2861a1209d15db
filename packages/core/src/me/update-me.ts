import { Developer } from '@gatehouse/contract/developer';
import { UpdateMeInput } from '@gatehouse/contract/session';
import { changed, command, unchanged } from '../command.ts';
import { developerView } from '../developer/developer.view.ts';
import { assertEmailDomainAllowed } from '../developer/email-domain.ts';
import { assertUsernameStaysOwn } from '../developer/new-developer.ts';
import { changedFields, mergeLabels } from '../merge-patch.ts';
import { findPortal } from '../portal/find-portal.ts';
import { assertActive } from '../portal/portal-caller.ts';
import { inPerson, lockSelf } from '../session/in-person.ts';
import { mailLink } from '../session/mail-link.ts';

export const updateMe = command({
  name: 'me.update',
  access: 'developer',
  summary: 'Change your name, email or labels; a new address must be confirmed by the link that is mailed to it',
  input: UpdateMeInput,
  output: Developer,
  async run(scope, { name, email, labels }) {
    const developer = await lockSelf(scope, inPerson(scope));
    assertActive(developer.state);
    const before = { name: developer.name, email: developer.email ?? null, labels: developer.labels };
    const after = {
      name: name ?? before.name,
      email: email ?? before.email,
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
    if (names.includes('email') && after.email !== null) {
      const portal = await findPortal(scope.em, developer.portal);
      assertUsernameStaysOwn(developer.username, after.email);
      assertEmailDomainAllowed(portal, after.email);
      developer.chooseEmail(after.email);
      mailLink(scope, event, { kind: 'verify_email', portal, developer, email: after.email });
    }
    return changed(developerView(developer));
  },
});
