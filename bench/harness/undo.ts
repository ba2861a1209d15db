import type pg from 'pg';

const STEPS = [
  `update developer set state = 'Pending' where id in
     (select developer_uid from approval where event = 'developer_registration' and operated_at >= $1)`,
  `update approval set status = 'pending', result = null, operator_id = null, operator_name = null, operated_at = null
     where event = 'developer_registration' and operated_at >= $1`,
  `update email set status = 'suppressed', leased = false where status = 'queued' and created_at >= $1`,
];

/** Runs work that accepts registrations, and makes them pending again. Their events and mails stay. */
export async function undoing<T>(database: pg.Pool, work: () => Promise<T>): Promise<T> {
  const { rows } = await database.query<{ now: Date }>('select clock_timestamp() as now');
  try {
    return await work();
  } finally {
    for (const step of STEPS) await database.query(step, [rows[0]?.now]);
    await database.query('delete from outbox');
  }
}
