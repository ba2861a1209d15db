import { AcceptInvitationInput, Login } from '@gatehouse/contract/session';
import { changed, command } from '../kernel/command.ts';
import { allowed } from '../kernel/decision.ts';
import { assertGoodPassword } from '../developer/password-rules.ts';
import { assertBuiltIn } from '../login-option/assert-built-in.ts';
import { hashPassword } from '../crypto/password.ts';
import { findPortal } from '../portal/find-portal.ts';
import { beginSession } from './begin-session.ts';
import { ownAddress } from '../developer/own-address.ts';
import { findByLink } from '../email/signed-link.ts';

/** The most hashes that wait. Further ones are refused with 503. */
const QUEUE = 32;

export const acceptInvitation = command({
  name: 'auth.acceptInvitation',
  access: 'public',
  summary: 'Choose a password with the link of an invitation; this verifies the address and signs you in',
  input: AcceptInvitationInput,
  output: Login,
  async prepare({ em, now, settings }, { portal_id, token, password }) {
    const fork = em.fork();
    const portal = await findPortal(fork, portal_id);
    await assertBuiltIn(fork, portal.id);
    const { developer } = await findByLink({ em: fork, now, settings }, { kind: 'invitation', portal, token });
    await assertGoodPassword(password, { portal, names: [developer.username, developer.email ?? undefined] });
    return { passwordHash: await hashPassword(password, { queue: QUEUE }) };
  },
  async run(scope, { portal_id, token }, { passwordHash }) {
    const { em, now, actor } = scope;
    const portal = await findPortal(em, portal_id);
    await assertBuiltIn(em, portal.id, 'for share');
    const { developer } = await findByLink(scope, { kind: 'invitation', portal, token }, 'lock');
    scope.authorize(allowed);
    developer.changePassword(passwordHash, now);
    await ownAddress(scope, developer);
    scope.as(developer).emit('developer.invite_accepted', developer, ['password', 'email_verified']);
    return changed(await beginSession(scope, developer, { replaces: actor.kind === 'developer' ? actor : null }));
  },
});
