import type { EmailKind } from '@gatehouse/contract/email';
import { fieldError, type GatehouseError } from '@gatehouse/contract/errors';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import type { Settings } from '../context.ts';
import { frontEndOf } from '../portal/front-end.ts';
import { isId } from '../present.ts';
import { signer } from '../secret.ts';

/** Mails whose link carries authority. */
export type LinkKind = Extract<EmailKind, 'verify_email' | 'password_reset'>;

/** Milliseconds that a link works. */
const TERM: Record<LinkKind, number> = { verify_email: 24 * 3_600_000, password_reset: 3_600_000 };

/** For which account, until when, and the account's `linkVersion`, which rises when a link was used or is to end. */
export type Link = { kind: LinkKind; uid: string; version: number; expiresAt: Date };

/** Of an account as it is now. */
export const newLink = (kind: LinkKind, developer: Pick<Developer, 'id' | 'linkVersion'>, now: Date): Link => ({
  kind,
  uid: developer.id,
  version: developer.linkVersion,
  expiresAt: new Date(now.getTime() + TERM[kind]),
});

/**
 * `<account>.<expiry>.<HMAC>`: nothing of it is stored, so it is made anew for each attempt at the mail, and always the
 * same. The version is signed but not said: it is that of the account.
 */
function linkToken(settings: Settings, { kind, uid, version, expiresAt }: Link): string {
  const expiry = String(expiresAt.getTime());
  return `${uid}.${expiry}.${signer(settings.secret, `link ${kind}`).sign(`${uid} ${String(version)} ${expiry}`)}`;
}

/** Where the front end of the portal takes the token to the api. */
export function linkUrl(settings: Settings, portal: Portal, link: Link): string {
  const url = new URL(frontEndOf(settings, portal));
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${link.kind}`;
  url.search = new URLSearchParams({ token: linkToken(settings, link) }).toString();
  url.hash = '';
  return url.href;
}

type Presented = { kind: LinkKind; portal: Portal; token: string };

/** An account that is not there takes as long as one that is: no entity is made of it, and a signature is worked out for both. */
const VERSION = `select link_version as version from developer
  where id = ? and portal_id = ? and left_at is null and state <> 'Suspended'`;

/** The living developer of that portal whom the link was mailed to; `invalid_link` for one that was used, replaced or made up. */
export async function findByLink(
  { em, now, settings }: { em: EntityManager; now: Date; settings: Settings },
  { kind, portal, token }: Presented,
  lock?: 'lock',
): Promise<Developer> {
  const [uid = '', expiry = '', signature = '', ...more] = token.split('.');
  const [found] = isId(uid) ? await em.execute<{ version: number }[]>(VERSION, [uid, portal.id]) : [];
  const isInTime = /^\d{1,15}$/.test(expiry) && Number(expiry) > now.getTime();
  const payload = `${uid.toLowerCase()} ${String(found?.version ?? 0)} ${expiry}`;
  const isRight = signer(settings.secret, `link ${kind}`).verify(payload, signature);
  if (!found || !isInTime || !isRight || more.length > 0) throw invalidLink();
  const developer = await em.findOne(
    Developer,
    { id: uid, portal: portal.id, leftAt: null, state: { $ne: 'Suspended' }, linkVersion: found.version },
    lock ? { lockMode: LockMode.PESSIMISTIC_WRITE } : {},
  );
  if (!developer) throw invalidLink();
  return developer;
}

const invalidLink = (): GatehouseError =>
  fieldError('invalid_link', 'token', 'This link is not valid: it was used or replaced, or its time is over.');
