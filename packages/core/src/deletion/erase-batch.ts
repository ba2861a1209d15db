import type { DeletionPart } from '@gatehouse/contract/deletion';
import { Deletion } from '@gatehouse/db/entities/deletion.entity';
import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Context } from '../context.ts';
import { record } from '../record.ts';
import { countOwned } from './count-owned.ts';

/** Rows of one transaction: small enough that its locks are short. */
const BATCH = 2000;
/** Milliseconds after which the sweeper takes a deletion for stalled. */
const STALLED_AFTER = 10_000;

type Step = { part: DeletionPart | null; sql: string; needsDeletion?: true };

/** In this order: what points comes before what it points at. History is kept and, by its deletion, found again. */
const STEPS: Step[] = [
  {
    part: 'approvals',
    sql: `delete from approval where id in (select id from approval where developer_uid = ? and status = 'pending' limit ?)`,
  },
  {
    part: 'subscriptions',
    sql: 'delete from subscription where id in (select id from subscription where developer_uid = ? limit ?)',
  },
  {
    part: 'credentials',
    sql: `delete from credential where id in
      (select c.id from credential c join application a on a.id = c.application_id where a.developer_uid = ? limit ?)`,
  },
  {
    part: 'applications',
    sql: 'delete from application where id in (select id from application where developer_uid = ? limit ?)',
  },
  {
    part: null,
    needsDeletion: true,
    sql: `update approval set deletion_id = ?, developer_uid = null where id in (select id from approval where developer_uid = ? limit ?)`,
  },
  {
    part: null,
    needsDeletion: true,
    sql: `update email set deletion_id = ?, developer_uid = null where id in (select id from email where developer_uid = ? limit ?)`,
  },
];

/**
 * Erases at most one batch of what the developer owned and notes how far it is, in one transaction. `done` when
 * nothing is left but the developer. May be called again at any time, by any number of workers.
 */
export function eraseBatch({ em, now }: Context, deletionId: string): Promise<{ done: boolean }> {
  return record({ em }, async (fork) => {
    const deletion = await fork.findOneOrFail(Deletion, { id: deletionId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    const { developer } = deletion;
    if (!developer || deletion.status === 'completed') return { done: true };
    if (deletion.status === 'pending') deletion.begin(await countOwned(fork, developer));
    deletion.dueAt = new Date(now.getTime() + STALLED_AFTER);
    let left = BATCH;
    for (const step of STEPS) {
      const count = await run(fork, step, [...(step.needsDeletion ? [deletion.id] : []), developer, left]);
      if (step.part) deletion.erased(step.part, count);
      left -= count;
      if (left <= 0) return { done: false };
    }
    return { done: true };
  });
}

async function run(em: EntityManager, { sql }: Step, params: unknown[]): Promise<number> {
  const rows = await em.execute<unknown[]>(`${sql} returning 1`, params);
  return rows.length;
}
