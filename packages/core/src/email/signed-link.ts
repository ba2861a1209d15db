import { rowId } from '@gatehouse/contract/ids';
import { statement } from '@gatehouse/db/statement';
import { z } from 'zod';
import type { EmailKind } from '@gatehouse/contract/email';
import { fieldError, GatehouseError } from '@gatehouse/contract/errors';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import type { Settings } from '../kernel/context.ts';
import { isId } from '../list/ids.ts';
import { signer } from '../crypto/secret.ts';

/** Mails whose link leads to an account of a developer. */
export type AccountLinkKind = Extract<EmailKind, 'verify_email' | 'password_reset' | 'invitation'>;
/** Mails whose link leads to an account of an operator. */
export type OperatorLinkKind = Extract<EmailKind, 'operator_invitation' | 'operator_password_reset'>;
/** Mails whose link grants access. */
export type LinkKind = AccountLinkKind | OperatorLinkKind | Extract<EmailKind, 'email_changed'>;

const HOUR = 3_600_000;

/** Milliseconds that a link works. The portal's settings define the term of a developer's invitation. */
export const LINK_TERM: Record<Exclude<LinkKind, 'invitation'>, number> = {
  verify_email: 24 * HOUR,
  password_reset: HOUR,
  email_changed: 7 * 24 * HOUR,
  operator_invitation: 72 * HOUR,
  operator_password_reset: HOUR,
};

/** The page of the front end, or of the console, that opens the link. */
const PAGES: Record<LinkKind, string> = {
  verify_email: 'verify_email',
  password_reset: 'password_reset',
  email_changed: 'undo_email_change',
  invitation: 'invitation',
  operator_invitation: 'invitation',
  operator_password_reset: 'password_reset',
};

/**
 * `subject`: the account, or the record of a change that can be undone. `version`: the account's `linkVersion`, which
 * increases when links are used or revoked; 0 for an undo, which ends with its record. `address`: the recipient, so that
 * the link cannot verify another address.
 */
export type Link = { kind: LinkKind; subject: string; version: number; address: string; expiresAt: Date };

/**
 * `<subject>.<expiry>.<HMAC>`. It is not stored: each attempt at the mail computes the same token. The HMAC also covers
 * the version and the address.
 */
const linkToken = (settings: Settings, link: Link): string =>
  `${link.subject}.${expiryOf(link)}.${signer(settings.secret, `link ${link.kind}`).sign(payloadOf(link))}`;

const expiryOf = ({ expiresAt }: Pick<Link, 'expiresAt'>): string => String(expiresAt.getTime());

const payloadOf = (link: Omit<Link, 'kind'>): string =>
  `${link.subject} ${String(link.version)} ${expiryOf(link)} ${link.address}`;

/** `base`: the address of the portal's front end, or of the console. */
export function linkUrl(settings: Settings, base: string, link: Link): string {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${PAGES[link.kind]}`;
  url.search = new URLSearchParams({ token: linkToken(settings, link) }).toString();
  url.hash = '';
  return url.href;
}

/** Parses a token. Null if it is malformed. */
export function readToken(token: string): { subject: string; expiresAt: Date; signature: string } | null {
  const [subject = '', expiry = '', signature = '', ...more] = token.split('.');
  if (!isId(subject) || !/^\d{1,15}$/.test(expiry) || more.length > 0) return null;
  return { subject: subject.toLowerCase(), expiresAt: new Date(Number(expiry)), signature };
}

/** The address to which the link was mailed, or null if the signature fits none. Computes one signature per address. */
export function signedAddress(
  settings: Settings,
  link: Omit<Link, 'address'> & { signature: string },
  addresses: readonly string[],
): string | null {
  const { verify } = signer(settings.secret, `link ${link.kind}`);
  const fitting = addresses.filter((address) => verify(payloadOf({ ...link, address }), link.signature));
  return fitting[0] ?? null;
}

type PresentedLink = { kind: AccountLinkKind; portal: Portal; token: string };

/** Known and unknown accounts take the same time: neither creates an entity, and both compute as many signatures. */
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
 * Finds the developer and the address to whom the link was mailed. Throws `invalid_link`, or `invite_expired` for an
 * invitation, if the link was used, replaced or has expired.
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

/** How often the account's link version may have increased since the link was mailed. */
const LATER_VERSIONS = [1, 2, 3];

/**
 * Finds the account that has used this link. Null if the link was not used. Always computes the same number of signatures.
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

export const invalid = (kind: AccountLinkKind | OperatorLinkKind): GatehouseError =>
  kind === 'invitation' || kind === 'operator_invitation' ? inviteExpired() : invalidLink();

const inviteExpired = (): GatehouseError =>
  new GatehouseError(
    'invite_expired',
    'This invitation has expired or was already used. Ask for a new one, or sign in if you have chosen a password.',
  );

export const invalidLink = (): GatehouseError =>
  fieldError('invalid_link', 'token', 'The link is invalid: it has expired, was already used, or was replaced.');
