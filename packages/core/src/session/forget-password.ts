import { Registration } from '@gatehouse/contract/developer';
import { ForgotPasswordInput } from '@gatehouse/contract/session';
import { newId } from '@gatehouse/db/columns';
import { comparable, Developer } from '@gatehouse/db/entities/developer.entity';
import { Email } from '@gatehouse/db/entities/email.entity';
import type { Event } from '@gatehouse/db/entities/event.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import { changed, command, type Scope } from '../command.ts';
import { allowed } from '../decision.ts';
import { assertBuiltIn } from '../login-option/assert-built-in.ts';
import { findPortal } from '../portal/find-portal.ts';
import { mailLink } from './mail-link.ts';

export const forgetPassword = command({
  name: 'auth.forgotPassword',
  access: 'public',
  summary: 'Ask for a link to set a new password; the answer is the same for every address',
  input: ForgotPasswordInput,
  output: Registration,
  async run(scope, { portal_id, email }) {
    const portal = await findPortal(scope.em, portal_id);
    scope.authorize(allowed);
    await assertBuiltIn(scope.em, portal.id);
    const developer = await holderOf(scope, portal, email);
    const event = scope.emit({
      name: 'developer.password_forgotten',
      portalId: portal.id,
      ...(developer
        ? { resourceType: 'developer', resourceId: developer.developerId }
        : { resourceType: 'portal', resourceId: portal.id }),
    });
    if (developer?.email) {
      const owns = developer.emailVerified || developer.emailSetByAdmin;
      mailLink(scope, event, {
        // Who has not shown to own the address gets no power over an account by it, but another chance to show it.
        kind: owns ? 'password_reset' : 'verify_email',
        portal,
        developer,
        email: developer.email,
      });
    } else mailNobody(scope, event, portal);
    return changed({ status: 'submitted' as const });
  },
});

/** Whose address it is, or else the only one who said so: of several nobody knows whose account the link should vouch for. */
async function holderOf({ em }: Scope, portal: Portal, email: string): Promise<Developer | null> {
  const [first, ...others] = await em.find(
    Developer,
    {
      portal: portal.id,
      emailKey: comparable(email),
      leftAt: null,
      provider: 'builtin',
      state: { $ne: 'Suspended' },
    },
    { orderBy: { emailVerified: 'desc', emailSetByAdmin: 'desc' }, limit: 2 },
  );
  if (!first) return null;
  return first.emailVerified || first.emailSetByAdmin || others.length === 0 ? first : null;
}

/** The same statements as for a known address; the row names nobody, and is never sent. */
function mailNobody({ em, now }: Scope, event: Event, portal: Portal): void {
  const id = newId();
  em.create(Email, {
    id,
    portal: portal.id,
    event: event.id,
    kind: 'password_reset',
    to: `erased-${id}`,
    subject: 'erased',
    data: { portal: 'erased', portal_url: null, username: 'erased', version: 'erased', expires_at: 'erased' },
    messageId: `<${id}@erased.invalid>`,
    status: 'suppressed',
    queuedAt: now,
    dueAt: now,
    createdAt: now,
  });
}
