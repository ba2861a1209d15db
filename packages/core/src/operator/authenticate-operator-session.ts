import type { Actor } from '@gatehouse/contract/actor';
import { rowId } from '@gatehouse/contract/ids';
import { OPERATOR_ROLES, ROLE_SCOPES, Scope } from '@gatehouse/contract/scopes';
import { statement, sure } from '@gatehouse/db/statement';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { randomSecret, sha256 } from '../crypto/secret.ts';
import { translated } from '../kernel/database-errors.ts';
import type { KnownCaller } from '../kernel/known-caller.ts';
import { note } from '../kernel/record.ts';
import { IDLE_MINUTES } from './operator-session-term.ts';

export const OPERATOR_SESSION_PREFIX = 'gto_';

/** Only its SHA-256 is stored. */
export const newOperatorSessionSecret = (): string => `${OPERATOR_SESSION_PREFIX}${randomSecret()}`;

const IDLE = `interval '${String(IDLE_MINUTES)} minutes'`;

const sessionBySecret = statement({
  name: 'operator_session.by_secret',
  text: `select s.id, s.last_used_at < ?::timestamptz - interval '1 minute' as stale,
    (extract(epoch from least(s.expires_at, s.last_used_at + ${IDLE})) * 1000)::float8 as "expiresAt",
    o.id as "operatorId", o.name as "operatorName", o.role, o.portal_ids as "portalIds",
    t.id as "tokenId", t.name as "tokenName", t.scopes, t.portal_id as "portalId",
    (extract(epoch from t.expires_at) * 1000)::float8 as "tokenExpiresAt"
  from operator_session s
  left join operator o on o.id = s.operator_id and o.state = 'active'
  left join token t on t.id = s.token_id and t.kind = 'admin'
  where s.token_hash = ? and s.expires_at > ? and s.last_used_at > ?::timestamptz - ${IDLE}`,
  params: ['timestamp with time zone', 'text', 'timestamp with time zone', 'timestamp with time zone'],
  row: z.object({
    id: rowId.session,
    stale: sure(z.boolean(), 'compares columns that are never null'),
    expiresAt: sure(z.number(), 'computed from columns that are never null'),
    operatorId: rowId.operator.nullable(),
    operatorName: z.string().nullable(),
    role: z.enum(OPERATOR_ROLES).nullable(),
    portalIds: z.array(rowId.portal).nullable(),
    tokenId: rowId.token.nullable(),
    tokenName: z.string().nullable(),
    scopes: z.array(Scope).nullable(),
    portalId: rowId.portal.nullable(),
    tokenExpiresAt: z.number().nullable(),
  }),
});
type Row = z.output<typeof sessionBySecret.row>;

const noteUse = statement({
  name: 'operator_session.note_use',
  text: 'update operator_session set last_used_at = ? where id = ?',
  params: ['timestamp with time zone', 'uuid'],
});

export type ConsoleActor = Extract<Actor, { kind: 'operator' | 'admin_token' }>;

/**
 * Looks a console session up by the SHA-256 of its secret. Null for an unknown or ended one, and for one of an operator who
 * is not active. The last use is written at most once a minute. The session of a token ends before the token does.
 */
export async function authenticateOperatorSession(
  context: { em: EntityManager; now: Date },
  secret: string,
): Promise<KnownCaller<ConsoleActor> | null> {
  const { em, now } = context;
  const row = await translated(() => sessionBySecret.first(em, [now, sha256(secret), now, now]));
  const actor = row && actorOf(row);
  if (!actor) return null;
  if (row.stale) await note(context, (fork) => noteUse.run(fork, [now, row.id]));
  const portals = actor.kind === 'admin_token' && actor.portalId !== null ? [actor.portalId] : [];
  return { actor, expiresAt: row.expiresAt, targets: [row.id, actor.id, ...portals] };
}

function actorOf(row: Row): ConsoleActor | null {
  const { id: sessionId, portalId, portalIds } = row;
  if (row.operatorId !== null && row.operatorName !== null && row.role !== null) {
    const { operatorId: id, operatorName: name, role } = row;
    return { kind: 'operator', id, name, role, portalIds, scopes: ROLE_SCOPES[role], sessionId };
  }
  if (row.tokenId === null || row.tokenName === null || row.scopes === null) return null;
  const { tokenId: id, tokenName: name, scopes } = row;
  const expiresAt = row.tokenExpiresAt === null ? null : new Date(row.tokenExpiresAt);
  return { kind: 'admin_token', id, name, portalId, scopes, expiresAt, sessionId };
}
