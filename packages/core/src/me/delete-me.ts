import { Deletion } from '@gatehouse/contract/deletion';
import { fieldError, GatehouseError } from '@gatehouse/contract/errors';
import { DeleteMeInput } from '@gatehouse/contract/session';
import { Session } from '@gatehouse/db/entities/session.entity';
import { changed, command } from '../kernel/command.ts';
import { enforce } from '../kernel/decision.ts';
import { deletionView } from '../deletion/deletion.view.ts';
import { requestDeletion } from '../deletion/request-deletion.ts';
import { findSelf, inPerson, lockSelf } from '../session/in-person.ts';
import { isPassword } from '../auth/login-hashes.ts';

/** Milliseconds after signing in during which an account without a password can be deleted (ASVS 7.5.1). */
const JUST_NOW = 5 * 60_000;

export const deleteMe = command({
  name: 'me.delete',
  access: 'developer',
  summary: 'Delete your account with all its records, permanently',
  input: DeleteMeInput,
  output: Deletion,
  async prepare({ em, actor, now }, { password }) {
    const fork = em.fork();
    const self = inPerson({ actor, authorize: enforce });
    const { passwordHash, provider } = await findSelf(fork, self);
    if (provider === 'sso') {
      const session = await fork.findOne(Session, self.sessionId);
      if (session && now.getTime() - session.createdAt.getTime() <= JUST_NOW) return;
      throw new GatehouseError(
        'sign_in_again',
        'Sign in again first. An account can be deleted within five minutes of signing in.',
      );
    }
    if (password === undefined)
      throw fieldError('invalid_input', 'password', 'Enter your password to delete your account.');
    if (!(await isPassword(passwordHash ?? null, password)))
      throw fieldError('wrong_password', 'password', 'The password is incorrect.');
  },
  async run(scope) {
    const developer = await lockSelf(scope, inPerson(scope));
    return changed(deletionView(requestDeletion(scope, developer, 'deleted')));
  },
});
