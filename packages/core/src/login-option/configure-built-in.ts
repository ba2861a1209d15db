import type { BuiltInConfig } from '@gatehouse/contract/login-option-config';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import type { Scope } from '../kernel/command.ts';
import { changedFields } from '../kernel/merge-patch.ts';
import { requireAccess } from '../kernel/use-case.ts';
import { mergeSettings, settingsOf } from '../portal/portal-settings.ts';

/** Stores the configuration of the built-in login in the settings of the locked portal. False if nothing changed. */
export function configureBuiltIn(scope: Scope, portal: Portal, config: BuiltInConfig): boolean {
  const before = settingsOf(portal);
  const after = mergeSettings(before, {
    self_registration: config.enable_self_registration,
    registration_auto_approval: config.registration_auto_approval,
    login_with_email: config.login_with_email,
  });
  const names = changedFields(before, after);
  if (names.length === 0) return false;
  requireAccess(scope.actor, 'portals:write');
  portal.settings = after;
  portal.updatedAt = scope.now;
  scope.emit(
    'portal.updated',
    portal,
    names.map((name) => `settings.${name}`),
  );
  return true;
}
