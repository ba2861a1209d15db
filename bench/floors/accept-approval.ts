import { randomUUID, randomUUIDv7 } from 'node:crypto';
import type pg from 'pg';
import { APPROVAL } from './lists.ts';

/** The developer is locked before the approval, as in every change of a developer. */
const LOCK = `with living as materialized (
    select d.* from developer d where d.id = (select developer_uid from approval where id = $1) and d.left_at is null for update)
  select a.id, a.portal_id, d.id as developer, d.email, d.name, p.name as portal from living d
  join approval a on a.developer_uid = d.id join portal p on p.id = a.portal_id
  where a.id = $1 and a.status = 'pending' for update of a`;

/** Everything that the decision writes, in one statement. */
const WRITE = `with activated as (
    update developer set state = 'Active', updated_at = now() where id = $2),
  event as (
    insert into event (id, name, actor_kind, actor_id, portal_id, resource_type, resource_id, changed, request_id, occurred_at)
    values ($4, 'approval.accepted', $5, $6, $3, 'approval', $1::uuid::text, '{status,result}', $7, now())),
  outbox as (insert into outbox (event_id) values ($4)),
  context as (
    insert into event_context (event_id, portal_id, address, user_agent, occurred_at) values ($4, $3, '127.0.0.1', null, now())),
  mail as (
    insert into email (id, portal_id, event_id, developer_uid, kind, "to", locale, subject, data, message_id, status, queued_at, due_at, created_at)
    select $8::uuid, $3::uuid, $4::uuid, $2::uuid, 'registration_accepted', $9::text, 'en', $10, $11, '<' || $8::uuid || '@127.0.0.1>', 'queued', now(), now(), now()
    where $9::text is not null),
  a as (
    update approval set status = 'finished', result = 'accepted', operator_id = $6, operator_name = $12, operated_at = now(),
      updated_at = now() where id = $1 returning *)
  select ${APPROVAL} from a join portal p on p.id = a.portal_id`;

type Locked = { portal_id: string; developer: string; email: string | null; name: string; portal: string };
type Operator = { id: string; name: string; kind: string };

/** Null if the approval is not pending. */
export async function acceptApproval(pool: pg.Pool, id: string, { id: operator, name, kind }: Operator) {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const { rows } = await client.query<Locked>({ name: 'lock', text: LOCK, values: [id] });
    const [found] = rows;
    const written = found ? await client.query<object>({ name: 'write', text: WRITE, values: valuesOf(found) }) : null;
    await client.query('commit');
    return written?.rows[0] ?? null;
  } finally {
    client.release();
  }

  function valuesOf({ developer, portal_id, email, name: reader, portal }: Locked) {
    const data = { portal, portal_url: 'http://127.0.0.1', name: reader };
    const subject = `Your registration at ${portal} was approved`;
    const requestId = randomUUID();
    const [event, mail] = [randomUUIDv7(), randomUUIDv7()];
    return [id, developer, portal_id, event, kind, operator, requestId, mail, email, subject, data, name];
  }
}
