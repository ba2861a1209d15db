import { EmailVerification, VerifyEmailInput } from '@gatehouse/contract/session';
import { changed, command } from '../kernel/command.ts';
import { allowed } from '../kernel/decision.ts';
import { findPortal } from '../portal/find-portal.ts';
import { ownAddress } from '../developer/own-address.ts';
import { findByLink } from '../email/signed-link.ts';

export const verifyEmail = command({
  name: 'auth.verifyEmail',
  access: 'public',
  summary: 'Confirm an email address with its mailed link; a pending address replaces the current one',
  input: VerifyEmailInput,
  output: EmailVerification,
  async run(scope, { portal_id, token }) {
    const portal = await findPortal(scope.em, portal_id);
    const { developer, address } = await findByLink(scope, { kind: 'verify_email', portal, token }, 'lock');
    scope.authorize(allowed);
    const isNew = address !== developer.email;
    if (isNew) developer.chooseEmail(address);
    await ownAddress(scope, developer);
    scope
      .as(developer)
      .emit('developer.email_verified', developer, [...(isNew ? ['email', 'pending_email'] : []), 'email_verified']);
    return changed({ status: 'verified' as const });
  },
});
