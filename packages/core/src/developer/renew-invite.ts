import { Developer, RenewInviteInput } from '@gatehouse/contract/developer';
import { fieldError } from '@gatehouse/contract/errors';
import { changed, command } from '../kernel/command.ts';
import { enforce } from '../kernel/decision.ts';
import { hashPassword } from '../crypto/password.ts';
import { findPortal } from '../portal/find-portal.ts';
import { endSessions } from '../session/end-sessions.ts';
import { developerView } from './developer.view.ts';
import { authorizedDeveloper, lockDeveloper } from './authorized-developer.ts';
import { inviteTerm } from './invite-term.ts';
import { mailInvitation } from './mail-invitation.ts';
import { assertGoodPassword } from './password-rules.ts';

export const renewInvite = command({
  name: 'developers.renewInvite',
  access: 'developers:write',
  summary: 'Renew an invitation with a new one-time password or a new mailed link; the former one stops working',
  input: RenewInviteInput,
  output: Developer,
  async prepare({ em, actor }, input) {
    const fork = em.fork();
    const developer = await authorizedDeveloper({ em: fork, actor, authorize: enforce }, input);
    const portal = await findPortal(fork, developer.portal);
    if (input.password === undefined) return { hash: null };
    await assertGoodPassword(input.password, { portal, names: [developer.username, developer.email ?? undefined] });
    return { hash: await hashPassword(input.password, { queue: 1000 }) };
  },
  async run(scope, input, { hash }) {
    const developer = await lockDeveloper(scope, input);
    const portal = await findPortal(scope.em, developer.portal);
    const email = developer.email ?? null;
    if (hash === null && email === null)
      throw fieldError(
        'invalid_input',
        'password',
        'The developer has no email address for a link. Send a one-time password.',
      );
    developer.renewInvite({ hash, expiresAt: inviteTerm(portal, scope.now) }, scope.now);
    endSessions(scope.em, developer.id);
    const event = scope.emit('developer.invite_renewed', developer);
    if (hash === null && email !== null) mailInvitation(scope, event, { portal, developer, email });
    return changed(developerView(developer));
  },
});
