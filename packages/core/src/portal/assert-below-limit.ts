import { z } from 'zod';
import { rowsOf, sure } from '@gatehouse/db/statement';
import type { PortalId } from '@gatehouse/contract/ids';
import { GatehouseError } from '@gatehouse/contract/errors';
import type { PortalSettings } from '@gatehouse/contract/portal';
import type { Scope } from '../kernel/command.ts';
import type { Fragment } from '../list/fragment.ts';
import { findPortal } from './find-portal.ts';
import { settingsOf } from './portal-settings.ts';

type Limit = {
  portalId: PortalId;
  setting: Extract<keyof PortalSettings, 'max_applications' | 'max_credentials'>;
  /** The records that count: the part of a query after `from`. */
  held: Fragment;
};

/** Throws `limit_reached` if the limit is already reached. The caller holds a lock that prevents concurrent additions. */
export async function assertBelowLimit({ em }: Scope, { portalId, setting, held }: Limit): Promise<void> {
  const most = settingsOf(await findPortal(em, portalId))[setting];
  const [row] = await rowsOf(em, {
    row: z.object({ n: sure(z.int(), 'a count') }),
    sql: `select count(*)::int as n from (select 1 from ${held.sql} limit ?) as held`,
    params: [...held.params, most],
  });
  if ((row?.n ?? 0) < most) return;
  throw new GatehouseError(
    'limit_reached',
    `The portal's setting ${setting} allows ${most}. Delete one, or raise the setting.`,
  );
}
