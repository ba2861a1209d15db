import type pg from 'pg';

const STEPS = [
  `update developer set state = 'Pending' where id in
     (select developer_uid from approval where event = 'developer_registration' and operated_at >= $1)`,
  `update approval set status = 'pending', result = null, operator_id = null, operator_name = null, operated_at = null
     where event = 'developer_registration' and operated_at >= $1`,
  `update email set status = 'suppressed', leased = false where status = 'queued' and created_at >= $1`,
];

/** Makes registrations pending again that are accepted from now on. Their events and mails stay, but are not sent. */
export type Undo = AsyncDisposable & { undo(): Promise<void> };

export async function undoable(database: pg.Pool): Promise<Undo> {
  const { rows } = await database.query<{ now: Date }>('select clock_timestamp() as now');
  const undo = async (): Promise<void> => {
    for (const step of STEPS) await database.query(step, [rows[0]?.now]);
    await database.query('delete from outbox');
  };
  return { undo, [Symbol.asyncDispose]: undo };
}
