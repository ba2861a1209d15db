import { Developer } from '@gatehouse/contract/developer';
import { UpdateMeInput } from '@gatehouse/contract/session';
import { fieldError, GatehouseError } from '@gatehouse/contract/errors';
import type { Developer as Entity } from '@gatehouse/db/entities/developer.entity';
import { changed, command, unchanged } from '../kernel/command.ts';
import { enforce } from '../kernel/decision.ts';
import { developerView } from '../developer/developer.view.ts';
import { changedFields, mergeLabels } from '../kernel/merge-patch.ts';
import { assertActive } from '../portal/portal-caller.ts';
import { findSelf, inPerson, lockSelf } from '../session/in-person.ts';
import { isPassword } from '../auth/login-hashes.ts';
import { changeOwnEmail } from './change-own-email.ts';

export const updateMe = command({
  name: 'me.update',
  access: 'developer',
  summary: 'Change your name, email, language or labels; a new address is pending until its mailed link is followed',
  input: UpdateMeInput,
  output: Developer,
  async prepare({ em, actor }, { email, current_password }) {
    const self = await findSelf(em.fork(), inPerson({ actor, authorize: enforce }));
    if (email === undefined || email === (self.email ?? null)) return null;
    if (self.provider === 'sso')
      throw fieldError('illegal_state', 'email', 'Your identity provider manages your email. Change it there.');
    if (current_password === undefined)
      throw fieldError('invalid_input', 'current_password', 'Enter your current password to change the email.');
    if (!(await isPassword(self.passwordHash ?? null, current_password)))
      throw fieldError('wrong_password', 'current_password', 'The current password is incorrect.');
    return self.passwordHash ?? null;
  },
  async run(scope, { name, email, locale, labels }, proved) {
    const developer = await lockSelf(scope, inPerson(scope));
    assertActive(developer.state);
    const before = { name: developer.name, locale: developer.locale ?? null, labels: developer.labels };
    const after = {
      name: name ?? before.name,
      locale: locale === undefined ? before.locale : locale,
      labels: mergeLabels(before.labels, labels),
    };
    const names = [...changedFields(before, after), ...changedAddresses(developer, email)];
    if (names.length === 0) return unchanged(developerView(developer));
    developer.name = after.name;
    developer.locale = after.locale;
    developer.labels = after.labels;
    developer.updatedAt = scope.now;
    const event = scope.emit('developer.updated', developer, names);
    if (email !== undefined && email === (developer.email ?? null)) {
      if (developer.pendingEmail) developer.requestEmail(null);
    } else if (email !== undefined) {
      if (proved === null || developer.passwordHash !== proved)
        throw new GatehouseError(
          'illegal_state',
          'Another request has just changed the password or the email. Reload and try again.',
        );
      await changeOwnEmail(scope, event, { developer, email });
    }
    return changed(developerView(developer));
  },
});

/** The current address cancels a pending change. Any other address becomes pending, even if it already is. */
function changedAddresses({ email, pendingEmail }: Entity, given: string | null | undefined): string[] {
  if (given === undefined) return [];
  if (given === (email ?? null)) return pendingEmail ? ['pending_email'] : [];
  return [...(given === null ? ['email'] : []), ...(given !== null || pendingEmail ? ['pending_email'] : [])];
}
