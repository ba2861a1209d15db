import type pg from 'pg';
import { ADMIN_TOKEN } from '../data/ids.ts';
import type { Request } from './load.ts';

/** Requests that accept pending registrations of these portals, in random order. */
export async function acceptances(database: pg.Pool, portals: readonly string[]): Promise<Request[]> {
  const { rows } = await database.query<{ id: string }>(
    `select a.id from approval a join developer d on d.id = a.developer_uid where a.status = 'pending'
       and a.event = 'developer_registration' and a.portal_id = any($1) and d.email is not null order by md5(a.id::text)`,
    [portals],
  );
  return rows.map(({ id }) => ({
    method: 'POST',
    path: `/api/approvals/${id}/accept`,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    body: '{}',
  }));
}
