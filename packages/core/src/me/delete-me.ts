import { Deletion } from '@gatehouse/contract/deletion';
import { fieldError } from '@gatehouse/contract/errors';
import { DeleteMeInput } from '@gatehouse/contract/session';
import { changed, command } from '../command.ts';
import { enforce } from '../decision.ts';
import { deletionView } from '../deletion/deletion.view.ts';
import { requestDeletion } from '../deletion/request-deletion.ts';
import { findSelf, inPerson, lockSelf } from '../session/in-person.ts';
import { isPassword } from '../session/login-hashes.ts';

export const deleteMe = command({
  name: 'me.delete',
  access: 'developer',
  summary: 'Delete yourself and everything that belongs to you; for good',
  input: DeleteMeInput,
  output: Deletion,
  async prepare({ em, actor }, { password }) {
    const { passwordHash } = await findSelf(em.fork(), inPerson({ actor, authorize: enforce }));
    if (!(await isPassword(passwordHash ?? null, password)))
      throw fieldError('wrong_password', 'password', 'The password is wrong.');
  },
  async run(scope) {
    const developer = await lockSelf(scope, inPerson(scope));
    return changed(deletionView(requestDeletion(scope, developer, 'deleted')));
  },
});
