import { rowId } from '@gatehouse/contract/ids';
import { statement } from '@gatehouse/db/statement';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import { z } from 'zod';
import { changed, command, unchanged } from '../kernel/command.ts';
import { manageInstallation } from '../portal/portal.policy.ts';
import { requestDeletion } from '../deletion/request-deletion.ts';

/** Days after which a registration with an unverified address expires. */
const TERM = 14;
/** The most developers that one transaction deletes. */
const BATCH = 100;

const DAY = 86_400_000;

/**
 * Only developers to whom a link was sent, or whose address's owner was notified, had the chance to verify the address.
 * Without a mail server, no developer had. Locked rows are skipped: another worker deletes them, or a decision is in progress.
 */
const dueRegistrations = statement({
  name: 'developer.due_registrations',
  text: `select d.id from developer d
  where d.left_at is null and d.state = 'Pending' and not d.email_verified and not d.email_set_by_admin
    and d.email_key is not null and d.password_hash is not null and d.created_at <= ?
    and exists (select 1 from email e where e.developer_uid = d.id
      and e.kind in ('verify_email', 'registration_existing') and e.status = 'sent')
  order by d.created_at limit ? for update of d skip locked`,
  params: ['timestamp with time zone', 'bigint'],
  row: z.object({ id: rowId.developer }),
});

export const expireRegistrations = command({
  name: 'developers.expireRegistrations',
  access: 'system',
  summary: 'Delete undecided registrations whose address was not verified in time',
  input: z.strictObject({}),
  output: z.object({ count: z.int() }),
  async run(scope) {
    const { em, actor, now } = scope;
    scope.authorize(manageInstallation(actor));
    const ids = await dueRegistrations.all(em, [new Date(now.getTime() - TERM * DAY), BATCH]);
    const due = ids.length > 0 ? await em.find(Developer, { id: { $in: ids.map(({ id }) => id) } }) : [];
    for (const developer of due) requestDeletion(scope, developer, 'deleted');
    return due.length > 0 ? changed({ count: due.length }) : unchanged({ count: 0 });
  },
});
