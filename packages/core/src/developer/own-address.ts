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
 * Makes the developer the verified owner of its address. Other developers with the same unverified address lose it, and a
 * username that equals the address is replaced by a generated one. Throws `email_taken` if another developer has verified
 * the address or got it from an admin.
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
