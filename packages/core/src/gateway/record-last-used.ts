import { statement } from '@gatehouse/db/statement';
import type { Context } from '../kernel/context.ts';
import { record } from '../kernel/record.ts';

const noteUsed = statement({
  name: 'credential.note_used',
  text: `update credential c set last_used_at = used.at
  from jsonb_to_recordset(?::jsonb) as used(id uuid, at timestamptz)
  where c.id = used.id and (c.last_used_at is null or c.last_used_at < used.at)`,
  params: ['jsonb'],
});

/** Records `last_used_at` of credentials, given as `[id, time]`, in one statement and ordered by id to avoid deadlocks. */
export async function recordLastUsed(context: Pick<Context, 'em'>, used: [id: string, at: Date][]): Promise<void> {
  const rows = used.map(([id, at]) => ({ id, at })).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  await record(context, (em) => noteUsed.run(em, [JSON.stringify(rows)]));
}
