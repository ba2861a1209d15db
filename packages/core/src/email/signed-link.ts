import { rowId } from '@gatehouse/contract/ids';
import { statement } from '@gatehouse/db/statement';
import { z } from 'zod';
import type { EmailKind } from '@gatehouse/contract/email';
import { fieldError, GatehouseError } from '@gatehouse/contract/errors';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import type { Settings } from '../kernel/context.ts';
import { frontEndOf } from '../portal/front-end.ts';
import { isId } from '../list/ids.ts';
import { signer } from '../crypto/secret.ts';

/** Mails whose link carries authority. */
export type LinkKind = Extract<EmailKind, 'verify_email' | 'password_reset' | 'email_changed' | 'invitation'>;

/** Milliseconds that a link works; an invitation as long as the portal says. */
export const LINK_TERM: Record<Exclude<LinkKind, 'invitation'>, number> = {
  verify_email: 24 * 3_600_000,
  password_reset: 3_600_000,
  email_changed: 7 * 24 * 3_600_000,
};

/** The page of the front end that takes the token to the api. */
const PAGES: Record<LinkKind, string> = {
  verify_email: 'verify_email',
  password_reset: 'password_reset',
  email_changed: 'undo_email_change',
  invitation: 'invitation',
};

/**
 * `subject`: the account, or the record of a change that can be undone. `version`: the account's `linkVersion`, which
 * rises when a link was used or is to end; 0 for an undo, which ends with its record. `address`: where the link is mailed
 * to, so that it proves no other address.
 */
export type Link = { kind: LinkKind; subject: string; version: number; address: string; expiresAt: Date };

/**
 * `<subject>.<expiry>.<HMAC>`: nothing of it is stored, so each attempt at the mail makes the same token again. Version and
 * address are signed without being part of it.
 */
const linkToken = (settings: Settings, link: Link): string =>
  `${link.subject}.${expiryOf(link)}.${signer(settings.secret, `link ${link.kind}`).sign(payloadOf(link))}`;

const expiryOf = ({ expiresAt }: Pick<Link, 'expiresAt'>): string => String(expiresAt.getTime());

const payloadOf = (link: Omit<Link, 'kind'>): string =>
  `${link.subject} ${String(link.version)} ${expiryOf(link)} ${link.address}`;

export function linkUrl(settings: Settings, portal: Portal, link: Link): string {
  const url = new URL(frontEndOf(settings, portal));
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${PAGES[link.kind]}`;
  url.search = new URLSearchParams({ token: linkToken(settings, link) }).toString();
  url.hash = '';
  return url.href;
}

/** A token taken apart; null for one that is malformed. */
export function readToken(token: string): { subject: string; expiresAt: Date; signature: string } | null {
  const [subject = '', expiry = '', signature = '', ...more] = token.split('.');
  if (!isId(subject) || !/^\d{1,15}$/.test(expiry) || more.length > 0) return null;
  return { subject: subject.toLowerCase(), expiresAt: new Date(Number(expiry)), signature };
}

/** Which of these addresses the link was mailed to; null: the signature fits none. Every address costs one signature. */
export function signedAddress(
  settings: Settings,
  link: Omit<Link, 'address'> & { signature: string },
  addresses: readonly string[],
): string | null {
  const { verify } = signer(settings.secret, `link ${link.kind}`);
  const fitting = addresses.filter((address) => verify(payloadOf({ ...link, address }), link.signature));
  return fitting[0] ?? null;
}

type PresentedLink = { kind: Exclude<LinkKind, 'email_changed'>; portal: Portal; token: string };

/** An account that is not there takes as long as one that is: no entity is made of it, and as many signatures are worked out. */
const linkedAccount = statement({
  name: 'developer.linked_account',
  text: `select id, link_version as version, email, pending_email as "pendingEmail", email_verified as "isVerified",
  must_change_password as "isInvited", password_hash as "passwordHash" from developer
  where id = ? and portal_id = ? and left_at is null and state <> 'Suspended'`,
  params: ['uuid', 'uuid'],
  row: z.object({
    id: rowId.developer,
    version: z.int(),
    email: z.string().nullable(),
    pendingEmail: z.string().nullable(),
    isVerified: z.boolean(),
    isInvited: z.boolean(),
    passwordHash: z.string().nullable(),
  }),
});
type Account = z.output<typeof linkedAccount.row>;

/**
 * The living developer of that portal whom the link was mailed to, and at which address. A link that was used, replaced or
 * is too old is an `invalid_link`, or an `invite_expired` for an invitation.
 */
export async function findByLink(
  { em, now, settings }: { em: EntityManager; now: Date; settings: Settings },
  { kind, portal, token }: PresentedLink,
  lock?: 'lock',
): Promise<{ developer: Developer; address: string }> {
  const read = readToken(token);
  if (!read) throw invalidLink();
  if (read.expiresAt <= now) throw invalid(kind);
  const found = await linkedAccount.first(em, [read.subject, portal.id]);
  const candidates = [found?.pendingEmail ?? '', found?.email ?? ''];
  const address = signedAddress(settings, { ...read, kind, version: found?.version ?? 0 }, candidates);
  if (!found || !address) throw invalid(kind);
  const developer = await em.findOne(
    Developer,
    { id: found.id, portal: portal.id, leftAt: null, state: { $ne: 'Suspended' }, linkVersion: found.version },
    lock ? { lockMode: LockMode.PESSIMISTIC_WRITE } : {},
  );
  if (!developer) throw invalid(kind);
  return { developer, address };
}

/** Uses of a link, or other changes of the account, since the link was mailed. */
const LATER_VERSIONS = [1, 2, 3];

/**
 * The account that has used this very link, with the address it has now; null for a link that was not used. Every answer
 * costs the same signatures.
 */
export async function findByUsedLink(
  { em, now, settings }: { em: EntityManager; now: Date; settings: Settings },
  { kind, portal, token }: PresentedLink,
): Promise<Account | null> {
  const read = readToken(token);
  if (!read || read.expiresAt <= now) return null;
  const found = await linkedAccount.first(em, [read.subject, portal.id]);
  const { version = 0, email = null } = found ?? {};
  const fits = LATER_VERSIONS.map((later) =>
    signedAddress(settings, { ...read, kind, version: version - later }, [email ?? '']),
  );
  return found && email !== null && fits.includes(email) ? found : null;
}

const invalid = (kind: LinkKind): GatehouseError => (kind === 'invitation' ? inviteExpired() : invalidLink());

const inviteExpired = (): GatehouseError =>
  new GatehouseError(
    'invite_expired',
    'This invitation has expired, or was used or replaced. Ask for a new one, or sign in if you have chosen a password.',
  );

export const invalidLink = (): GatehouseError =>
  fieldError('invalid_link', 'token', 'The link is not valid: it has expired, was used, or was replaced.');
