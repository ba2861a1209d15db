import { comparable } from '@gatehouse/db/comparable';
import type { Developer } from '@gatehouse/db/entities/developer.entity';
import { isForeignAddress } from '../developer/new-developer.ts';
import { ownAddress } from '../developer/own-address.ts';
import type { Scope } from '../kernel/command.ts';
import { claimedEmail, isAddressFree, type ClaimedEmail, type ProviderSignIn } from './claimed-email.ts';
import { claimedName, claimedUsername, freeUsername } from './claimed-names.ts';

/** Updates the developer from the provider's claims. A username that another developer has is skipped. */
export async function refreshDeveloper(scope: Scope, signIn: ProviderSignIn & { developer: Developer }): Promise<void> {
  const { portal, claims, developer } = signIn;
  const claimed = claimedEmail(signIn, developer);
  const { email } = claimed;
  const name = claimedName(claims) ?? developer.name;
  const wanted = claimedUsername(claims);
  const username = (await freeUsername(scope, { portal, wanted, email, developer })) ?? developer.username;
  const offered = emailChange(developer, { username, ...claimed });
  const isFree = email !== null && isProof(offered) && (await isAddressFree(scope, { portal, email, developer }));
  const change = isFree ? offered : WITHOUT_PROOF[offered];
  const changed = changedFields(developer, { username, name, change });
  if (changed.length === 0) return;
  Object.assign(developer, { username, usernameKey: comparable(username), name, updatedAt: scope.now });
  scope.as(developer).emit('developer.updated', developer, changed);
  if (isReplacement(change)) developer.chooseEmail(email);
  // Some providers let people change their address at will. Mailing a link each time would let them send mail to anyone.
  if (isProof(change)) await ownAddress(scope, developer);
}

/** How a claimed address changes the developer's. */
export type EmailChange = 'none' | 'replace' | 'verify' | 'replace and verify';

const WITHOUT_PROOF: Record<EmailChange, EmailChange> = {
  none: 'none',
  replace: 'replace',
  verify: 'none',
  'replace and verify': 'replace',
};
const isProof = (change: EmailChange): boolean => WITHOUT_PROOF[change] !== change;
const isReplacement = (change: EmailChange): boolean => WITHOUT_PROOF[change] === 'replace';

/** A username that is an address must equal the account's address. */
export function emailChange(
  { emailKey, emailVerified }: Pick<Developer, 'emailKey' | 'emailVerified'>,
  { username, email, isVerified }: ClaimedEmail & { username: string },
): EmailChange {
  if (email === null) return 'none';
  if (comparable(email) === emailKey) return isVerified && !emailVerified ? 'verify' : 'none';
  if (isForeignAddress(username, email)) return 'none';
  return isVerified ? 'replace and verify' : 'replace';
}

/** The fields that the audit log names. */
export function changedFields(
  before: Pick<Developer, 'username' | 'name' | 'emailVerified'>,
  { username, name, change }: { username: string; name: string; change: EmailChange },
): string[] {
  const emailVerified = isProof(change) || (before.emailVerified && !isReplacement(change));
  return [
    ...(username === before.username ? [] : ['username']),
    ...(name === before.name ? [] : ['name']),
    ...(isReplacement(change) ? ['email'] : []),
    ...(emailVerified === before.emailVerified ? [] : ['email_verified']),
  ];
}
