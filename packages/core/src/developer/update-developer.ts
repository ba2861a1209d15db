import { Developer, UpdateDeveloperInput } from '@gatehouse/contract/developer';
import { EmailUndo } from '@gatehouse/db/entities/email-undo.entity';
import { changed, command, unchanged } from '../kernel/command.ts';
import { changedFields, mergeLabels } from '../kernel/merge-patch.ts';
import { developerView } from './developer.view.ts';
import { lockDeveloper } from './authorized-developer.ts';
import { assertUsernameStaysOwn } from './new-developer.ts';

export const updateDeveloper = command({
  name: 'developers.update',
  access: 'developers:write',
  summary: 'Change name, email, language, labels or admin labels of a developer',
  input: UpdateDeveloperInput,
  output: Developer,
  async run(scope, { portal_id, developer_id, name, email, locale, labels, admin_labels }) {
    const developer = await lockDeveloper(scope, { portal_id, developer_id });
    const before = {
      name: developer.name,
      email: developer.email ?? null,
      locale: developer.locale ?? null,
      labels: developer.labels,
      admin_labels: developer.adminLabels,
    };
    const after = {
      name: name ?? before.name,
      email: email === undefined ? before.email : email,
      locale: locale === undefined ? before.locale : locale,
      labels: mergeLabels(before.labels, labels),
      admin_labels: mergeLabels(before.admin_labels, admin_labels, 'admin_labels'),
    };
    const names = changedFields(before, after);
    if (names.length === 0) return unchanged(developerView(developer));
    assertUsernameStaysOwn(developer.username, after.email);
    developer.name = after.name;
    developer.locale = after.locale;
    developer.labels = after.labels;
    developer.adminLabels = after.admin_labels;
    if (names.includes('email')) {
      developer.changeEmail(after.email);
      // Links mailed earlier must not undo a change by an admin.
      await scope.em.nativeDelete(EmailUndo, { developer: developer.id });
    }
    developer.updatedAt = scope.now;
    scope.emit('developer.updated', developer, names);
    return changed(developerView(developer));
  },
});
