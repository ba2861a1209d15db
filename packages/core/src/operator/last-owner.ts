import { GatehouseError } from '@gatehouse/contract/errors';
import type { Operator } from '@gatehouse/db/entities/operator.entity';
import { statement, sure } from '@gatehouse/db/statement';
import { z } from 'zod';
import type { Scope } from '../kernel/command.ts';
import { lockText } from '../kernel/lock-text.ts';

/** Whether the operator can do everything in the whole installation. */
export const ownsInstallation = ({ role, portalIds, state }: Pick<Operator, 'role' | 'portalIds' | 'state'>): boolean =>
  role === 'owner' && !portalIds && state === 'active';

const otherAccess = statement({
  name: 'operator.other_access',
  text: `select
    exists (select from operator where role = 'owner' and portal_ids is null and state = 'active' and id <> ?)
    or exists (select from token where kind = 'admin' and portal_id is null and scopes @> '["*"]'
      and (expires_at is null or expires_at > ?)) as remains`,
  params: ['uuid', 'timestamp with time zone'],
  row: z.object({ remains: sure(z.boolean(), 'exists is never null') }),
});

/** Throws `illegal_state` if, without this operator, neither an owner nor an admin token could do everything. */
export async function assertNotLastOwner({ em, now }: Scope, { id }: Operator): Promise<void> {
  // Two owners who remove each other at the same time wait for each other here.
  await lockText(em, 'operator owners');
  const found = await otherAccess.first(em, [id, now]);
  if (found?.remains) return;
  throw new GatehouseError(
    'illegal_state',
    'This is the last active owner of the installation, and no admin token could replace it. Make another owner first.',
  );
}
