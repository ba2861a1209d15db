import { statement } from '@gatehouse/db/statement';
import { z } from 'zod';
import { comparable } from '@gatehouse/db/comparable';
import type { Developer } from '@gatehouse/db/entities/developer.entity';
import type { Scope } from '../kernel/command.ts';
import { randomBase62 } from '../crypto/secret.ts';

const displaceHolders = statement({
  name: 'developer.displace_holders',
  text: `update developer set
    username = case when username_key = email_key then ? else username end,
    username_key = case when username_key = email_key then ? else username_key end,
    email = null, email_key = null, link_version = link_version + 1, updated_at = ?
  where portal_id = ? and email_key = ? and left_at is null and id <> ? and not email_verified and not email_set_by_admin
  returning developer_id as "developerId"`,
  params: ['text', 'text', 'timestamp with time zone', 'uuid', 'text', 'uuid'],
  row: z.object({ developerId: z.string() }),
});

/**
 * The address is the developer's own: what was mailed to it has been read. It is taken from others, who only said so of
 * theirs, and a username that is this address is replaced by a new one, so that it stands in nobody's way. `email_taken`
 * where another has verified it, or was given it by an admin.
 */
export async function ownAddress(scope: Scope, developer: Developer): Promise<void> {
  const { em, now } = scope;
  const { portal, emailKey, id } = developer;
  developer.verifyEmail(now);
  const free = `dev_${randomBase62(20)}`;
  const displaced = await displaceHolders.all(em, [free, comparable(free), now, portal, emailKey ?? null, id]);
  for (const { developerId } of displaced) {
    scope.emit('developer.updated', { type: 'developer', id: developerId, portalId: portal }, ['email']);
  }
}
