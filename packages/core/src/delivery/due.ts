import { sure } from '@gatehouse/db/statement';
import { z } from 'zod';
import { HANDOVER_END } from './lease.ts';

type DueWork = {
  table: string;
  /** The condition of the index on `due_at`. */
  unfinished: string;
  /** Assignments besides `due_at`. */
  set?: string;
  returning: string;
};

/**
 * SQL that takes at most `?` due rows to hand them to the queue. The old due time is part of `key`, so that the key is new
 * to a queue that remembers an earlier job.
 */
export const takeDue = ({ table, unfinished, set, returning }: DueWork): string => `
  with due as (
    select id, due_at from ${table} where ${unfinished} and due_at <= now()
    order by due_at limit ? for update skip locked)
  update ${table} set ${set === undefined ? '' : `${set}, `}due_at = ${HANDOVER_END} from due where ${table}.id = due.id
  returning ${returning}, ${table}.id || '-' || (extract(epoch from due.due_at) * 1000)::bigint as key`;

export const keyColumn = sure(z.string(), 'made of an id and a due time that are never null');
