import { DEFAULT_PORTAL_SETTINGS, PortalSettings, type PortalSettingsPatch } from '@gatehouse/contract/portal';

/** RFC 7396 with defaults: an absent setting keeps its value, null restores its default, and a null patch resets all. */
export function mergeSettings(current: PortalSettings, patch: PortalSettingsPatch | null | undefined): PortalSettings {
  if (patch === undefined) return current;
  if (patch === null) return DEFAULT_PORTAL_SETTINGS;
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  const set = given.filter(([, value]) => value !== null);
  const reset = new Set(given.filter(([, value]) => value === null).map(([name]) => name));
  const kept = Object.entries(current).filter(([name]) => !reset.has(name));
  return PortalSettings.parse({ ...DEFAULT_PORTAL_SETTINGS, ...Object.fromEntries(kept), ...Object.fromEntries(set) });
}

/** The settings of a portal. Settings added after the portal was created have their defaults. */
export const settingsOf = ({ settings }: { settings: PortalSettings }): PortalSettings => ({
  ...DEFAULT_PORTAL_SETTINGS,
  ...settings,
});
