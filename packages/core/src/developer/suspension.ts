import type { Suspension } from '@gatehouse/contract/errors';
import type { Developer } from '@gatehouse/db/entities/developer.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import { settingsOf } from '../portal/portal-settings.ts';

/** The facts about a suspension that its developer may see. */
export const suspensionOf = (portal: Portal, { stateReason }: Pick<Developer, 'stateReason'>): Suspension => ({
  reason: stateReason ?? null,
  support_email: settingsOf(portal).support_email,
});
