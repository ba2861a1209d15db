import { rowId } from '@gatehouse/contract/ids';
import { DeveloperState } from '@gatehouse/contract/developer';
import { Email } from '@gatehouse/contract/email';
import { Locale } from '@gatehouse/contract/locale';
import { OPERATOR_STATES } from '@gatehouse/contract/operator';
import { PortalSettings } from '@gatehouse/contract/portal';
import { statement } from '@gatehouse/db/statement';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { isId } from '../list/ids.ts';
import { type Digest, pendingSubscriptions } from './pending-subscriptions.ts';

const content = statement({
  name: 'email.content',
  text: `select e.id, e.kind, e."to", e.locale, e.subject, e.data, e.message_id as "messageId", e.developer_uid as developer,
    p.id as "portalId", p.slug, p.public_url as "publicUrl", p.settings, d.state, d.link_version as "linkVersion"
  from email e left join portal p on p.id = e.portal_id
  left join developer d on d.id = e.developer_uid and d.left_at is null
  where e.id = any(?)`,
  params: ['uuid[]'],
  row: z.object({
    id: rowId.email,
    kind: Email.shape.kind,
    to: z.string(),
    locale: Locale,
    subject: z.string(),
    data: z.record(z.string(), z.string().nullable()),
    messageId: z.string(),
    developer: rowId.developer.nullable(),
    portalId: rowId.portal.nullable(),
    slug: z.string().nullable(),
    publicUrl: z.string().nullable(),
    settings: PortalSettings.nullable(),
    state: DeveloperState.nullable(),
    linkVersion: z.int().nullable(),
  }),
});

/**
 * A mail with its portal and its developer. The portal's columns are null for a mail to an operator, the developer's
 * if the developer has been deleted.
 */
export type EmailContent = z.output<typeof content.row>;

/** What some kinds of mails need besides. */
export type EmailFacts = {
  /** Approvals that are named by these mails and still pending. */
  pendingApprovals: ReadonlySet<string>;
  /** Changes of an address that are named by these mails and can still be undone. */
  openUndos: ReadonlySet<string>;
  /** The operators to whom these mails are sent. Deleted ones are missing. */
  operators: ReadonlyMap<string, MailedOperator>;
  /** The digests of portals. A portal without pending subscriptions has none. */
  digests: ReadonlyMap<string, Digest>;
};

const pendingApprovals = statement({
  name: 'approval.still_pending',
  text: `select id from approval where id = any(?) and status = 'pending'`,
  params: ['uuid[]'],
  row: z.object({ id: rowId.approval }),
});

const openUndos = statement({
  name: 'email_undo.open',
  text: 'select id from email_undo where id = any(?) and undone_at is null',
  params: ['uuid[]'],
  row: z.object({ id: z.uuid() }),
});

const mailedOperators = statement({
  name: 'operator.mailed',
  text: 'select id, state, link_version as "linkVersion" from operator where id = any(?)',
  params: ['uuid[]'],
  row: z.object({ id: rowId.operator, state: z.enum(OPERATOR_STATES), linkVersion: z.int() }),
});
type MailedOperator = z.output<typeof mailedOperators.row>;

/** Reads all mails at once. A kind that needs further records costs one more statement, however many mails are of it. */
export async function readContents(
  em: EntityManager,
  ids: readonly string[],
): Promise<{ contents: EmailContent[]; facts: EmailFacts }> {
  const contents = await content.all(em, [ids]);
  const digests = contents
    .filter(({ kind }) => kind === 'subscriptions_pending')
    .flatMap(({ portalId }) => portalId ?? []);
  const operatorIds = contents.map(({ data }) => data['operator_id'] ?? '').filter(isId);
  const operators = operatorIds.length === 0 ? [] : await mailedOperators.all(em, [operatorIds]);
  const facts = {
    pendingApprovals: await idsIn(pendingApprovals, em, named(contents, 'subscription_pending', 'approval_id')),
    openUndos: await idsIn(openUndos, em, named(contents, 'email_changed', 'undo_id')),
    operators: new Map(operators.map((operator) => [operator.id, operator])),
    digests: digests.length === 0 ? new Map() : await pendingSubscriptions(em, [...new Set(digests)]),
  };
  return { contents, facts };
}

/** The ids in this field of the mails of that kind. A pseudonymized mail has none. */
const named = (contents: EmailContent[], kind: EmailContent['kind'], field: string): string[] =>
  contents
    .filter((email) => email.kind === kind)
    .map(({ data }) => data[field] ?? '')
    .filter(isId);

async function idsIn(found: typeof openUndos | typeof pendingApprovals, em: EntityManager, ids: string[]) {
  const rows = ids.length === 0 ? [] : await found.all(em, [ids]);
  return new Set<string>(rows.map(({ id }) => id));
}
