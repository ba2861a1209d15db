import type { Actor } from '@gatehouse/contract/actor';
import type { DeveloperState } from '@gatehouse/contract/developer';
import { GatehouseError } from '@gatehouse/contract/errors';
import type { Scope } from '@gatehouse/contract/scopes';
import type { EntityManager } from '@mikro-orm/postgresql';
import { translated } from '../kernel/database-errors.ts';
import { note } from '../kernel/record.ts';
import { sha256 } from '../crypto/secret.ts';

type Row = {
  id: string;
  kind: 'admin' | 'portal';
  name: string;
  portal_id: string | null;
  scopes: Scope[];
  expires_at: string | null;
  stale: boolean;
};

const FIND = `select id, kind, name, portal_id, scopes, to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as expires_at,
  (last_used_at is null or last_used_at < ?::timestamptz - interval '1 minute') as stale
  from token where hash = ? and (expires_at is null or expires_at > ?)`;

/**
 * Who holds this token: one probe of the unique index on its SHA-256. Null for an unknown or expired one, without a
 * hint which. `last_used_at` is written at most once a minute.
 */
export async function authenticateToken(
  context: { em: EntityManager; now: Date },
  token: string,
): Promise<Actor | null> {
  const { em, now } = context;
  const [row] = await translated(() => em.fork().execute<Row[]>(FIND, [now, sha256(token), now]));
  if (!row) return null;
  if (row.stale)
    await note(context, (fork) => fork.execute('update token set last_used_at = ? where id = ?', [now, row.id]));
  return actorOf(row);
}

function actorOf({ id, kind, name, portal_id, scopes, expires_at }: Row): Actor {
  const expiresAt = expires_at === null ? null : new Date(expires_at);
  if (kind === 'admin') return { kind: 'admin_token', id, name, portalId: portal_id, scopes, expiresAt };
  if (portal_id === null) throw new Error(`portal token ${id} has no portal`);
  return { kind: 'portal_token', id, name, portalId: portal_id, scopes, expiresAt, developer: null };
}

const LIVING = `select d.id, d.state, d.state_reason as reason, p.settings->>'support_email' as "supportEmail"
  from developer d join portal p on p.id = d.portal_id
  where d.portal_id = ? and d.developer_id = ? and d.left_at is null`;

type Living = { id: string; state: DeveloperState; reason: string | null; supportEmail: string | null };

/** A portal token speaks for one developer of its portal (`X-Portal-Developer-ID`); no other caller may. */
export async function speakFor(context: { em: EntityManager; actor: Actor }, developerId: string): Promise<Actor> {
  const { em, actor } = context;
  if (actor.kind !== 'portal_token') {
    throw new GatehouseError('malformed_request', 'X-Portal-Developer-ID requires a portal token.');
  }
  const [developer] = await translated(() => em.fork().execute<Living[]>(LIVING, [actor.portalId, developerId]));
  if (!developer)
    throw new GatehouseError('not_found', 'The portal has no developer with the ID in X-Portal-Developer-ID.');
  const { id: uid, state, reason, supportEmail: support_email } = developer;
  const acting = { uid, developerId, state };
  return { ...actor, developer: state === 'Suspended' ? { ...acting, suspension: { reason, support_email } } : acting };
}
