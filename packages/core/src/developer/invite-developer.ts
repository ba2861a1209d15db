import { Developer as View, InviteDeveloperInput } from '@gatehouse/contract/developer';
import { changed, command } from '../kernel/command.ts';
import { enforce } from '../kernel/decision.ts';
import { hashPassword } from '../crypto/password.ts';
import { findPortal } from '../portal/find-portal.ts';
import { manageIn } from '../portal/portal.policy.ts';
import { developerView } from './developer.view.ts';
import { inviteTerm } from './invite-term.ts';
import { mailInvitation } from './mail-invitation.ts';
import { assertUsernameIsNoForeignAddress, newDeveloper } from './new-developer.ts';
import { assertGoodPassword } from './password-rules.ts';

export const inviteDeveloper = command({
  name: 'developers.invite',
  access: 'developers:write',
  summary: 'Invite a developer: an active account with a one-time password, or by a mailed link to choose one',
  input: InviteDeveloperInput,
  output: View,
  async prepare({ em, actor }, { portal_id, username, email, password }) {
    enforce(manageIn(actor, portal_id, 'portal'));
    assertUsernameIsNoForeignAddress(username, email);
    const portal = await findPortal(em.fork(), portal_id);
    if (password === undefined) return { passwordHash: null };
    await assertGoodPassword(password, { portal, names: [username, email] });
    return { passwordHash: await hashPassword(password, { queue: 1000 }) };
  },
  async run(scope, { portal_id, email, labels = {}, admin_labels = {}, ...input }, { passwordHash }) {
    const portal = await findPortal(scope.em, portal_id);
    scope.authorize(manageIn(scope.actor, portal.id, 'portal'));
    const developer = newDeveloper(scope, {
      portal,
      username: input.username,
      name: input.name,
      locale: input.locale ?? null,
      labels,
      state: 'Active',
      passwordHash,
    });
    developer.adminLabels = admin_labels;
    developer.mustChangePassword = true;
    developer.oneTimePasswordExpiresAt = inviteTerm(portal, scope.now);
    developer.changeEmail(email ?? null);
    const event = scope.emit('developer.invited', developer);
    if (email !== undefined) mailInvitation(scope, event, { portal, developer, email });
    return changed(developerView(developer));
  },
});
