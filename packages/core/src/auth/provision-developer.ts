import type { Developer } from '@gatehouse/db/entities/developer.entity';
import { fileRegistration } from '../approval/file-registration.ts';
import { newDeveloper } from '../developer/new-developer.ts';
import { ownAddress } from '../developer/own-address.ts';
import type { Scope } from '../kernel/command.ts';
import { claimedEmail, isAddressFree, ssoSettings, type ProviderSignIn } from './claimed-email.ts';
import { claimedName, claimedUsername, requireUsername } from './claimed-names.ts';
import { mailLink } from './mail-link.ts';

/** Creates the account at the first sign-in. `username`: the person's choice if the claimed one is not available. */
export async function provisionDeveloper(
  scope: Scope,
  { username: chosen, ...signIn }: ProviderSignIn & { username: string | undefined },
): Promise<Developer> {
  const { portal, option, claims } = signIn;
  const { email, isVerified } = claimedEmail(signIn);
  const username = await requireUsername(scope, { portal, wanted: chosen ?? claimedUsername(claims), email });
  const developer = newDeveloper(scope, {
    portal,
    username,
    name: claimedName(claims),
    locale: scope.locale,
    labels: {},
    state: ssoSettings(option).registration_auto_approval ? 'Active' : 'Pending',
    passwordHash: null,
    provider: 'sso',
  });
  const event = scope.as(developer).emit('developer.registered', developer);
  if (email !== null) {
    developer.chooseEmail(email);
    const isFree = await isAddressFree(scope, { portal, email, developer });
    if (isFree && isVerified) await ownAddress(scope, developer);
    else if (isFree) mailLink(scope, event, { kind: 'verify_email', portal, developer, email });
  }
  if (developer.state === 'Pending') fileRegistration(scope, event, { portal, developer });
  return developer;
}
