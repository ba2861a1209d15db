import { fieldError, GatehouseError } from '@gatehouse/contract/errors';
import { ChangePasswordInput, Login } from '@gatehouse/contract/session';
import { Session } from '@gatehouse/db/entities/session.entity';
import { changed, command } from '../kernel/command.ts';
import { enforce } from '../kernel/decision.ts';
import { assertGoodPassword } from '../developer/password-rules.ts';
import { hashPassword } from '../crypto/password.ts';
import { findPortal } from '../portal/find-portal.ts';
import { sha256 } from '../crypto/secret.ts';
import { newSessionToken } from '../session/authenticate-session.ts';
import { loginView } from './begin-session.ts';
import { endSessions } from '../session/end-sessions.ts';
import { findSelf, inPerson, lockSelf } from '../session/in-person.ts';
import { isPassword } from './login-hashes.ts';
import { sessionEnd } from '../session/session-term.ts';

/** The most hashes that wait. Further ones are refused with 503. */
const QUEUE = 32;

export const changePassword = command({
  name: 'auth.changePassword',
  access: 'session',
  summary: 'Change your password; your session continues with a new token, and all others end',
  input: ChangePasswordInput,
  output: Login,
  async prepare({ em, actor }, { portal_id, current_password, new_password }) {
    const fork = em.fork();
    const developer = await findSelf(fork, inPerson({ actor, authorize: enforce }, portal_id));
    const portal = await findPortal(fork, developer.portal);
    const names = [developer.username, developer.email ?? undefined];
    await assertGoodPassword(new_password, { portal, names, field: 'new_password' });
    if (new_password === current_password)
      throw fieldError('invalid_input', 'new_password', 'Must differ from the current password');
    const before = developer.passwordHash ?? null;
    if (!(await isPassword(before, current_password)))
      throw fieldError('wrong_password', 'current_password', 'The current password is incorrect.');
    return { before, after: await hashPassword(new_password, { queue: QUEUE }) };
  },
  async run(scope, { portal_id }, { before, after }) {
    const { em, now } = scope;
    const self = inPerson(scope, portal_id);
    const developer = await lockSelf(scope, self);
    if ((developer.passwordHash ?? null) !== before)
      throw new GatehouseError(
        'illegal_state',
        'Another request has just changed the password. Sign in with it and try again.',
      );
    const session = await em.findOne(Session, self.sessionId);
    if (!session) throw new GatehouseError('unauthenticated', 'The session has ended. Sign in again.');
    developer.changePassword(after, now);
    // Reauthentication replaces the token (ASVS 7.2.4).
    const token = newSessionToken();
    session.renew(sha256(token), sessionEnd(developer, session.createdAt));
    endSessions(em, developer.id, { except: session.id });
    scope.emit('developer.password_changed', developer, ['password']);
    return changed(loginView(token, session, developer));
  },
});
