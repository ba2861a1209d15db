import { newId } from '@gatehouse/db/columns';
import { CreatePortalInput, DEFAULT_PORTAL_SETTINGS, Portal as View } from '@gatehouse/contract/portal';
import { LoginOption } from '@gatehouse/db/entities/login-option.entity';
import { Portal } from '@gatehouse/db/entities/portal.entity';
import { changed, command } from '../kernel/command.ts';
import { builtIn } from './built-in-login.ts';
import { mergeSettings } from './portal-settings.ts';
import { manageInstallation } from './portal.policy.ts';
import { portalView } from './portal.view.ts';

export const createPortal = command({
  name: 'portals.create',
  access: 'portals:write',
  summary: 'Create a portal',
  input: CreatePortalInput,
  output: View,
  async run({ em, actor, now, authorize, emit }, { name, slug, public_url, labels = {}, settings }) {
    authorize(manageInstallation(actor));
    const portal = em.create(Portal, {
      id: newId(),
      name,
      slug,
      publicUrl: public_url ?? null,
      labels,
      settings: mergeSettings(DEFAULT_PORTAL_SETTINGS, settings),
      createdAt: now,
      updatedAt: now,
    });
    em.create(LoginOption, builtIn(portal.id, now));
    emit('portal.created', portal);
    return changed(portalView(portal));
  },
});
