import { ChangeStateInput, Developer } from '@gatehouse/contract/developer';
import { changed, command, unchanged } from '../kernel/command.ts';
import { findPortal } from '../portal/find-portal.ts';
import { developerView } from './developer.view.ts';
import { lockDeveloper } from './authorized-developer.ts';
import { inviteTerm } from './invite-term.ts';
import { mailState } from './mail-state.ts';

export const reactivateDeveloper = command({
  name: 'developers.reactivate',
  access: 'developers:write',
  summary: 'Reactivate a suspended developer; a reason is mailed to the developer',
  input: ChangeStateInput,
  output: Developer,
  async run(scope, { reason: given, ...ref }) {
    const developer = await lockDeveloper(scope, ref);
    const reason = given || null;
    if (!developer.reactivate(scope.now, reason)) return unchanged(developerView(developer));
    if (developer.mustChangePassword && (developer.passwordHash ?? null) === null) {
      // The suspension ended the link of the invitation, so the mail carries a new one.
      const portal = await findPortal(scope.em, developer.portal);
      developer.renewInvite({ hash: null, expiresAt: inviteTerm(portal, scope.now) }, scope.now);
    }
    const event = scope.emit(
      'developer.reactivated',
      developer,
      reason === null ? ['state'] : ['state', 'state_reason'],
    );
    await mailState(scope, event, { kind: 'reactivated', developer });
    return changed(developerView(developer));
  },
});
