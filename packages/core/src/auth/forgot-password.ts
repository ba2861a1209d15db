import { DeveloperId, rowId } from '@gatehouse/contract/ids';
import { statement, sure } from '@gatehouse/db/statement';
import { z } from 'zod';
import { Locale } from '@gatehouse/contract/locale';
import { Registration } from '@gatehouse/contract/developer';
import { ForgotPasswordInput } from '@gatehouse/contract/session';
import { comparable } from '@gatehouse/db/comparable';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import { queueDecoy } from '../email/queue-decoy.ts';
import { changed, command, type Scope } from '../kernel/command.ts';
import { allowed } from '../kernel/decision.ts';
import { assertBuiltIn } from '../login-option/assert-built-in.ts';
import { findPortal } from '../portal/find-portal.ts';
import { mailLink } from './mail-link.ts';

export const forgotPassword = command({
  name: 'auth.forgotPassword',
  access: 'public',
  summary: 'Request a link to set a new password; the response is the same for every address',
  input: ForgotPasswordInput,
  output: Registration,
  async run(scope, { portal_id, email }) {
    const portal = await findPortal(scope.em, portal_id);
    scope.authorize(allowed);
    await assertBuiltIn(scope.em, portal.id);
    const developer = await holderOf(scope, portal, email);
    const event = scope.emit(
      'developer.password_forgotten',
      developer ? { type: 'developer', id: developer.developerId, portalId: portal.id } : portal,
    );
    if (developer) {
      mailLink(scope, event, {
        // An unverified address must not give access to an account. Its owner can verify it first.
        kind: developer.owns ? 'password_reset' : 'verify_email',
        portal,
        developer,
        email: developer.email,
      });
    } else queueDecoy(scope, event, portal);
    return changed({ status: 'submitted' as const });
  },
});

/** Plain rows, because creating an entity would make known addresses measurably slower than unknown ones. */
const addressHolders = statement({
  name: 'developer.address_holders',
  text: `select id, developer_id as "developerId", username, name, locale, email, link_version as "linkVersion",
    email_verified or email_set_by_admin as owns, provider = 'builtin' and state <> 'Suspended' as may
  from developer
  where portal_id = ? and email_key = ? and left_at is null
  order by email_verified desc, email_set_by_admin desc limit 2`,
  params: ['uuid', 'text'],
  row: z.object({
    id: rowId.developer,
    developerId: DeveloperId,
    username: z.string(),
    name: z.string(),
    locale: Locale.nullable(),
    email: sure(z.string(), 'an account with an email_key has an email'),
    linkVersion: z.int(),
    owns: sure(z.boolean(), 'made of columns that are never null'),
    /** Whether the developer has a password that it may set. */
    may: sure(z.boolean(), 'made of columns that are never null'),
  }),
});

/** The owner of the address, or else the only developer who claims it. Several claims are ambiguous. */
async function holderOf(
  { em }: Scope,
  portal: Portal,
  email: string,
): Promise<z.output<typeof addressHolders.row> | null> {
  const [first, ...others] = await addressHolders.all(em, [portal.id, comparable(email)]);
  if (!first?.may) return null;
  return first.owns || others.length === 0 ? first : null;
}
