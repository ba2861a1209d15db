import { Portal, UpdatePortalInput } from '@gatehouse/contract/portal';
import { changed, command, unchanged } from '../kernel/command.ts';
import { changedFields, mergeLabels } from '../kernel/merge-patch.ts';
import { findPortal } from './find-portal.ts';
import { mergeSettings, settingsOf } from './portal-settings.ts';
import { manageIn } from './portal.policy.ts';
import { portalView } from './portal.view.ts';

export const updatePortal = command({
  name: 'portals.update',
  access: 'portals:write',
  summary: 'Update a portal or its settings',
  input: UpdatePortalInput,
  output: Portal,
  async run({ em, actor, now, authorize, emit }, { portal_id, name, slug, public_url, labels, settings }) {
    const portal = await findPortal(em, portal_id, 'for update');
    authorize(manageIn(actor, portal.id, 'portal'));
    const before = {
      name: portal.name,
      slug: portal.slug,
      publicUrl: portal.publicUrl ?? null,
      labels: portal.labels,
      settings: settingsOf(portal),
    };
    const after = {
      name: name ?? before.name,
      slug: slug ?? before.slug,
      publicUrl: public_url === undefined ? before.publicUrl : public_url,
      labels: mergeLabels(before.labels, labels),
      settings: mergeSettings(before.settings, settings),
    };
    const fields = changedFields(before, after).filter((field) => field !== 'settings');
    const settingNames = changedFields(before.settings, after.settings).map((setting) => `settings.${setting}`);
    const names = [...fields.map((field) => (field === 'publicUrl' ? 'public_url' : field)), ...settingNames];
    if (names.length === 0) return unchanged(portalView(portal));
    Object.assign(portal, after, { updatedAt: now });
    emit('portal.updated', portal, names);
    return changed(portalView(portal));
  },
});
