import type { Context } from '../kernel/context.ts';
import { record } from '../kernel/record.ts';

/** Deletions of one transaction. */
const BATCH = 100;

const DUE = `select d.id from deletion d join portal p on p.id = d.portal_id
  where d.anonymised_at is null and d.completed_at is not null
    and d.completed_at + make_interval(days => (p.settings->>'retention_days')::int) <= ?
    and not exists (select 1 from email e where e.deletion_id = d.id and e.status = 'queued')
  order by d.completed_at limit ? for update of d skip locked`;

const APPROVALS = `update approval set applicant_id = 'erased-' || deletion_id, applicant_name = 'erased', reason = null, metadata = null,
  resource_id = case when resource_type = 'developer' then 'erased-' || deletion_id else resource_id end,
  resource_name = case when resource_type = 'developer' then 'erased' else resource_name end
  where deletion_id = any(?::uuid[])`;

const EMAILS = `update email set "to" = 'erased-' || id, subject = 'erased', last_error = null,
  data = (select coalesce(jsonb_object_agg(key, 'erased'), '{}') from jsonb_each(data))
  where deletion_id = any(?::uuid[])`;

const DELETIONS = `update deletion set developer_id = 'erased-' || id, username = 'erased', anonymised_at = ? where id = any(?::uuid[])`;

/**
 * Once a portal's `retention_days` after a deletion are over, the history kept of that developer (finished approvals,
 * mails, the deletion itself) is left with pseudonymous ids alone. Returns how many developers that was for.
 */
export function anonymiseHistory({ em, now }: Context): Promise<number> {
  return record({ em }, async (fork) => {
    const due = await fork.execute<{ id: string }[]>(DUE, [now, BATCH]);
    const ids = `{${due.map(({ id }) => id).join(',')}}`;
    if (due.length === 0) return 0;
    await fork.execute(APPROVALS, [ids]);
    await fork.execute(EMAILS, [ids]);
    await fork.execute(DELETIONS, [now, ids]);
    return due.length;
  });
}
