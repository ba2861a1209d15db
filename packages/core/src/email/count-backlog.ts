import { statement, sure } from '@gatehouse/db/statement';
import { z } from 'zod';
import type { Context } from '../kernel/context.ts';

/** The most rows that are counted, which bounds the cost of a large backlog. */
const AT_MOST = 10_000;

const countOf = (from: string): string =>
  `(select count(*)::int from (select 1 from ${from} limit ${String(AT_MOST)}) t)`;

const count = sure(z.int(), 'a count');

/** Each count walks an index of unfinished work or of the newest failures. */
const backlog = statement({
  name: 'backlog.count',
  text: `select
  ${countOf(`email where status = 'queued'`)} as queued,
  (select count(*) filter (where attempts > 0)::int from
    (select attempts from email where status = 'queued' order by due_at limit ${String(AT_MOST)}) t) as retrying,
  ${countOf(`email where status = 'queued' and due_at < now() - interval '1 minute'`)} as overdue,
  ${countOf(`email where status = 'failed' and created_at > now() - interval '1 day'`)} as failed,
  ${countOf(`deletion where status <> 'completed'`)} as unfinished,
  ${countOf(`deletion where status <> 'completed' and due_at < now() - interval '1 minute'`)} as stalled,
  ${countOf('outbox')} as outbox`,
  params: [],
  row: z.object({
    queued: count,
    retrying: count,
    overdue: count,
    failed: count,
    unfinished: count,
    stalled: count,
    outbox: count,
  }),
});

/** Counts by kind of work and state. */
export type Backlog = { [work in 'email' | 'deletion' | 'outbox']: Record<string, number> };

/** Counts the unfinished work, and the mails that failed in the last 24 hours. */
export async function countBacklog({ em }: Pick<Context, 'em'>): Promise<Backlog> {
  const row = await backlog.first(em.fork(), []);
  if (!row) throw new Error('a count without a row');
  const { queued, retrying, overdue, failed, unfinished, stalled, outbox } = row;
  return {
    email: { queued, retrying, overdue, failed },
    deletion: { unfinished, overdue: stalled },
    outbox: { waiting: outbox },
  };
}
