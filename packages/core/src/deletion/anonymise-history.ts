import { rowId } from '@gatehouse/contract/ids';
import { statement } from '@gatehouse/db/statement';
import { z } from 'zod';
import type { Context } from '../kernel/context.ts';
import { record } from '../kernel/record.ts';

/** The most deletions that one transaction handles. */
const BATCH = 100;

const dueDeletions = statement({
  name: 'deletion.due_to_anonymise',
  text: `select d.id from deletion d join portal p on p.id = d.portal_id
  where d.anonymised_at is null and d.completed_at is not null
    and d.completed_at + make_interval(days => (p.settings->>'retention_days')::int) <= ?
    and not exists (select 1 from email e where e.deletion_id = d.id and e.status = 'queued')
  order by d.completed_at limit ? for update of d skip locked`,
  params: ['timestamp with time zone', 'bigint'],
  row: z.object({ id: rowId.deletion }),
});

const anonymiseApprovals = statement({
  name: 'approval.anonymise',
  text: `update approval set applicant_id = 'erased-' || deletion_id, applicant_name = 'erased', reason = null, metadata = null,
  resource_id = case when resource_type = 'developer' then 'erased-' || deletion_id else resource_id end,
  resource_name = case when resource_type = 'developer' then 'erased' else resource_name end
  where deletion_id = any(?)`,
  params: ['uuid[]'],
});

const anonymiseEmails = statement({
  name: 'email.anonymise',
  text: `update email set "to" = 'erased-' || id, subject = 'erased', last_error = null,
  data = (select coalesce(jsonb_object_agg(key, 'erased'), '{}') from jsonb_each(data))
  where deletion_id = any(?)`,
  params: ['uuid[]'],
});

const anonymiseDeletions = statement({
  name: 'deletion.anonymise',
  text: `update deletion set developer_id = 'erased-' || id, username = 'erased', anonymised_at = ? where id = any(?)`,
  params: ['timestamp with time zone', 'uuid[]'],
});

/**
 * Pseudonymizes the history of developers who were deleted more than `retention_days` ago: finished approvals, mails and
 * the deletion itself keep only pseudonymous ids. Returns the number of developers.
 */
export function anonymiseHistory({ em, now }: Context): Promise<number> {
  return record({ em }, async (fork) => {
    const due = await dueDeletions.all(fork, [now, BATCH]);
    const ids = due.map(({ id }) => id);
    if (due.length === 0) return 0;
    await anonymiseApprovals.run(fork, [ids]);
    await anonymiseEmails.run(fork, [ids]);
    await anonymiseDeletions.run(fork, [now, ids]);
    return due.length;
  });
}
