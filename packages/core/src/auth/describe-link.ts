import { DescribeLinkInput, LinkDescription } from '@gatehouse/contract/session';
import { command, unchanged } from '../kernel/command.ts';
import { allowed } from '../kernel/decision.ts';
import { findPortal } from '../portal/find-portal.ts';
import { findByLink, findByUsedLink } from '../email/signed-link.ts';

/** A command although it changes nothing, so that the token is in the body: URLs are logged. */
export const describeLink = command({
  name: 'auth.describeLink',
  access: 'public',
  summary: 'Get the account and the address of a mailed link, without using the link',
  input: DescribeLinkInput,
  output: LinkDescription,
  async run(scope, { portal_id, kind, token }) {
    const portal = await findPortal(scope.em, portal_id);
    scope.authorize(allowed);
    const account = kind === 'password_reset' ? null : await findByUsedLink(scope, { kind, portal, token });
    if (account && (kind === 'verify_email' ? account.isVerified : !account.isInvited))
      return unchanged({ status: 'used' as const, username: null, email: null });
    const { developer, address } = await findByLink(scope, { kind, portal, token });
    return unchanged({ status: 'valid' as const, username: developer.username, email: address });
  },
});
