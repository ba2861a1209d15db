import { statement } from '@gatehouse/db/statement';
import { z } from 'zod';
import { lockText } from '../kernel/lock-text.ts';
import type { Event } from '@gatehouse/db/entities/event.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import type { Scope } from '../kernel/command.ts';
import { queueEmail } from '../email/queue-email.ts';
import { HOUR } from './approver-mails.ts';

const queuedDigests = statement({
  name: 'email.queued_digests',
  text: `select "to" from email where portal_id = ? and created_at > ? and kind = 'subscriptions_pending'
  and status = 'queued' and attempts = 0 for update`,
  params: ['uuid', 'timestamp with time zone'],
  row: z.object({ to: z.string() }),
});

/**
 * Queues a digest for each approver who has none queued. The advisory lock prevents concurrent requests from queuing two.
 * The row locks make a worker wait until this transaction has added its request.
 */
export async function queueDigest(scope: Scope, event: Event, { portal, due }: { portal: Portal; due: Date }) {
  const { em, now, settings } = scope;
  await lockText(em, `digest ${portal.id}`);
  const queued = await queuedDigests.all(em, [portal.id, new Date(now.getTime() - HOUR)]);
  const covered = new Set(queued.map(({ to }) => to));
  const approvals_url = `${settings.publicUrl}/api/approvals?portal_id=${portal.id}&status=pending`;
  for (const to of new Set(portal.settings.approver_emails)) {
    if (covered.has(to)) continue;
    const data = { approvals_url };
    queueEmail(scope, event, { kind: 'subscriptions_pending', to, portal, about: {}, data, due });
  }
}
