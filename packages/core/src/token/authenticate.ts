import { DeveloperId, rowId } from '@gatehouse/contract/ids';
import type { Actor } from '@gatehouse/contract/actor';
import { DeveloperState } from '@gatehouse/contract/developer';
import { GatehouseError } from '@gatehouse/contract/errors';
import { Scope } from '@gatehouse/contract/scopes';
import { TOKEN_KINDS } from '@gatehouse/contract/token';
import { statement, sure } from '@gatehouse/db/statement';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { translated } from '../kernel/database-errors.ts';
import type { KnownCaller } from '../kernel/known-caller.ts';
import { note } from '../kernel/record.ts';
import { sha256 } from '../crypto/secret.ts';

const tokenByHash = statement({
  name: 'token.by_hash',
  text: `select id, kind, name, portal_id, scopes, to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as expires_at,
  (last_used_at is null or last_used_at < ?::timestamptz - interval '1 minute') as stale
  from token where hash = ? and (expires_at is null or expires_at > ?)`,
  params: ['timestamp with time zone', 'text', 'timestamp with time zone'],
  row: z.object({
    id: z.uuid(),
    kind: z.enum(TOKEN_KINDS),
    name: z.string(),
    portal_id: rowId.portal.nullable(),
    scopes: z.array(Scope),
    expires_at: z.string().nullable(),
    stale: sure(z.boolean(), 'true for a token that was never used'),
  }),
});

const noteUse = statement({
  name: 'token.note_use',
  text: 'update token set last_used_at = ? where id = ?',
  params: ['timestamp with time zone', 'uuid'],
});

/**
 * Looks a token up by its SHA-256. Null for an unknown or expired token, so that callers cannot tell which.
 * `last_used_at` is written at most once a minute.
 */
export async function authenticateToken(
  context: { em: EntityManager; now: Date },
  token: string,
): Promise<KnownCaller | null> {
  const { em, now } = context;
  const row = await translated(() => tokenByHash.first(em, [now, sha256(token), now]));
  if (!row) return null;
  if (row.stale) await note(context, (fork) => noteUse.run(fork, [now, row.id]));
  const { id, portal_id, expires_at } = row;
  return {
    actor: actorOf(row),
    expiresAt: expires_at === null ? Infinity : Date.parse(expires_at),
    // A portal is deleted with its tokens.
    targets: portal_id === null ? [id] : [id, portal_id],
  };
}

function actorOf({ id, kind, name, portal_id, scopes, expires_at }: z.output<typeof tokenByHash.row>): Actor {
  const expiresAt = expires_at === null ? null : new Date(expires_at);
  if (kind === 'admin') return { kind: 'admin_token', id, name, portalId: portal_id, scopes, expiresAt };
  if (portal_id === null) throw new Error(`portal token ${id} has no portal`);
  return { kind: 'portal_token', id, name, portalId: portal_id, scopes, expiresAt, developer: null };
}

const livingDeveloper = statement({
  name: 'token.living_developer',
  text: `select d.id as uid, d.developer_id as "developerId", d.state, d.state_reason as reason, p.settings->>'support_email' as "supportEmail"
  from developer d join portal p on p.id = d.portal_id
  where d.portal_id = ? and d.developer_id = ? and d.left_at is null`,
  params: ['uuid', 'text'],
  row: z.object({
    uid: rowId.developer,
    developerId: DeveloperId,
    state: DeveloperState,
    reason: z.string().nullable(),
    supportEmail: z.string().nullable(),
  }),
});

/** Only a portal token can act for a developer of its portal (`X-Portal-Developer-ID`). */
export async function speakFor(context: { em: EntityManager; actor: Actor }, id: string): Promise<Actor> {
  const { em, actor } = context;
  if (actor.kind !== 'portal_token') {
    throw new GatehouseError('malformed_request', 'X-Portal-Developer-ID requires a portal token.');
  }
  const developer = await translated(() => livingDeveloper.first(em, [actor.portalId, id]));
  if (!developer)
    throw new GatehouseError('not_found', 'The portal has no developer with the ID in X-Portal-Developer-ID.');
  const { reason, supportEmail: support_email, ...acting } = developer;
  return {
    ...actor,
    developer: acting.state === 'Suspended' ? { ...acting, suspension: { reason, support_email } } : acting,
  };
}
