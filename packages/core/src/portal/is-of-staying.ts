import { fragment, type Fragment } from '../list/fragment.ts';

/**
 * Hides the records of departing developers. Those developers are few, so PostgreSQL reads them once and compares each
 * record with them in memory, instead of looking up the developer of each record.
 */
export const isOfStaying = (table: string): Fragment =>
  fragment(`(${table}.developer_uid in (select id from developer where left_at is not null)) is not true`);
