import { DeveloperUid, PortalId, type EmailId } from '@gatehouse/contract/ids';
import { changed, command } from '@gatehouse/core/kernel/command';
import { allowed } from '@gatehouse/core/kernel/decision';
import { queueEmail } from '@gatehouse/core/email/queue-email';
import { Portal } from '@gatehouse/db/entities/portal.entity';
import { z } from 'zod';
import type { Bench } from './worker-test.ts';

/** A command that queues one mail per recipient. `fail` rolls its transaction back at the end. */
const askForMails = command({
  name: 'test.mails',
  access: 'system',
  summary: 'Queues mails',
  input: z.strictObject({ portal_id: PortalId, developer: DeveloperUid, to: z.array(z.string()), fail: z.boolean() }),
  output: z.null(),
  async run(scope, { portal_id, developer, to, fail }) {
    const portal = await scope.em.findOneOrFail(Portal, portal_id);
    scope.authorize(allowed);
    const event = scope.emit('approval.rejected', { type: 'approval', id: portal.id, portalId: portal.id });
    for (const address of to) {
      const data = { username: 'ada', reason: 'No reason at all.' };
      queueEmail(scope, event, { kind: 'registration_rejected', to: address, portal, about: { developer }, data });
    }
    await scope.em.flush();
    if (fail) throw new Error('undone');
    return changed(null);
  },
});

export async function queueMails(bench: Bench, to: string[], { fail = false } = {}): Promise<void> {
  const { portalId, developer } = bench;
  await askForMails.execute(bench.context(), { portal_id: portalId, developer: developer.uid, to, fail });
}

export type EmailRow = {
  id: EmailId;
  to: string;
  status: string;
  attempts: number;
  last_error: string | null;
  message_id: string;
  /** Seconds from now. */
  due_in: number;
};

export const emails = (bench: Bench): Promise<EmailRow[]> =>
  bench.rows<EmailRow>(
    `select id, "to", status, attempts, last_error, message_id, extract(epoch from due_at - now())::float8 as due_in
     from email order by "to"`,
  );

export async function emailTo(bench: Bench, to: string): Promise<EmailRow> {
  const row = (await emails(bench)).find((email) => email.to === to);
  if (!row) throw new Error(`no mail to ${to}`);
  return row;
}
