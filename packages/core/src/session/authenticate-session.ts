import { DeveloperId, rowId } from '@gatehouse/contract/ids';
import type { Actor } from '@gatehouse/contract/actor';
import { DeveloperState } from '@gatehouse/contract/developer';
import { SESSION_SCOPES } from '@gatehouse/contract/scopes';
import { statement, sure } from '@gatehouse/db/statement';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { revocationTarget } from '../event/revocation.ts';
import { translated } from '../kernel/database-errors.ts';
import type { KnownCaller } from '../kernel/known-caller.ts';
import { note } from '../kernel/record.ts';
import { randomSecret, sha256 } from '../crypto/secret.ts';
import { IDLE_HOURS } from './session-term.ts';

export const SESSION_PREFIX = 'gts_';

/** Only the SHA-256 of the token is stored. */
export const newSessionToken = (): string => `${SESSION_PREFIX}${randomSecret()}`;

const sessionByToken = statement({
  name: 'session.by_token',
  text: `select s.id, s.restricted, d.id as uid, d.developer_id as "developerId", d.state,
    d.portal_id as "portalId", p.public_url as "portalUrl", s.last_used_at < ?::timestamptz - interval '1 minute' as stale,
    (extract(epoch from least(s.expires_at, s.last_used_at + interval '${String(IDLE_HOURS)} hours')) * 1000)::float8 as "expiresAt",
    coalesce(s.login_option_id, o.id) as "loginOption"
  from session s
  join developer d on d.id = s.developer_uid and d.left_at is null and d.state <> 'Suspended'
  join portal p on p.id = d.portal_id
  left join login_option o on o.portal_id = d.portal_id and o.provider_type = 'built_in'
  where s.token_hash = ? and s.expires_at > ? and s.last_used_at > ?::timestamptz - interval '${String(IDLE_HOURS)} hours'`,
  params: ['timestamp with time zone', 'text', 'timestamp with time zone', 'timestamp with time zone'],
  row: z.object({
    id: rowId.session,
    restricted: z.boolean(),
    uid: rowId.developer,
    developerId: DeveloperId,
    state: DeveloperState,
    portalId: rowId.portal,
    portalUrl: z.string().nullable(),
    stale: sure(z.boolean(), 'compares columns that are never null'),
    expiresAt: sure(z.number(), 'computed from columns that are never null'),
    loginOption: rowId.loginOption.nullable(),
  }),
});
type Row = z.output<typeof sessionByToken.row>;

const noteActive = statement({
  name: 'session.note_active',
  text: 'update developer set last_active_at = ? where id = ?',
  params: ['timestamp with time zone', 'uuid'],
});
const noteUse = statement({
  name: 'session.note_use',
  text: 'update session set last_used_at = ? where id = ?',
  params: ['timestamp with time zone', 'uuid'],
});

/** `portalUrl`: the address of the portal's own front end. */
export type InSession = KnownCaller<Extract<Actor, { kind: 'developer' }>> & { portalUrl: string | null };

/**
 * Looks a session up by the SHA-256 of its token. Null for an unknown or ended session, so that callers cannot tell which.
 * The last use of the session and the last activity of its developer are written at most once a minute.
 */
export async function authenticateSession(
  context: { em: EntityManager; now: Date },
  token: string,
): Promise<InSession | null> {
  const { em, now } = context;
  const row = await translated(() => sessionByToken.first(em, [now, sha256(token), now, now]));
  if (!row) return null;
  const { id: sessionId, portalUrl, stale, expiresAt, loginOption, ...developer } = row;
  if (stale) await recordUse(context, row);
  const { developerId, portalId, state, restricted } = developer;
  // An approval and a change of the password extend what the developer may do, which no revocation announces.
  const isLasting = state === 'Active' && !restricted;
  const owner = revocationTarget({ type: 'developer', id: developerId, portalId });
  return {
    actor: { kind: 'developer', sessionId, ...developer, scopes: SESSION_SCOPES },
    expiresAt: isLasting ? expiresAt : 0,
    targets: [sessionId, owner, portalId, ...(loginOption === null ? [] : [loginOption])],
    portalUrl,
  };
}

const recordUse = (context: { em: EntityManager; now: Date }, { id, uid }: Row): Promise<void> =>
  note(context, async (em) => {
    // A suspension locks developer and session in this order too.
    await noteActive.run(em, [context.now, uid]);
    await noteUse.run(em, [context.now, id]);
  });
