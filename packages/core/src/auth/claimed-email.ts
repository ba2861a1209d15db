import { fieldError, GatehouseError } from '@gatehouse/contract/errors';
import { LOGIN_OPTION_CONFIGS } from '@gatehouse/contract/login-option-config';
import { asciiAddress, emailAddress } from '@gatehouse/contract/text';
import type { VerifiedClaims } from '@gatehouse/contract/verified-claims';
import { comparable } from '@gatehouse/db/comparable';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import type { LoginOption } from '@gatehouse/db/entities/login-option.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import { assertEmailDomainAllowed } from '../developer/email-domain.ts';
import type { Scope } from '../kernel/command.ts';
import { lockText } from '../kernel/lock-text.ts';

/** The verified claims of a sign-in with their portal and login option. */
export type ProviderSignIn = { portal: Portal; option: LoginOption; claims: VerifiedClaims };

/** `isVerified`: the provider has verified the address, or the option trusts it to. */
export type ClaimedEmail = { email: string | null; isVerified: boolean };

/** The claimed email address; null if the provider sends none, or text that is not an address. */
export const claimedAddress = ({ email }: Pick<VerifiedClaims, 'email'>): string | null =>
  email === null ? null : (emailAddress.safeParse(asciiAddress(email)).data ?? null);

/** The claimed address if the portal's rules allow it. A `developer` may keep an address that they allowed before. */
export function claimedEmail({ portal, option, claims }: ProviderSignIn, developer?: Developer): ClaimedEmail {
  const email = claimedAddress(claims);
  const isVerified = claims.emailVerified ?? ssoSettings(option).trust_email;
  const isKnown = email !== null && developer?.emailKey === comparable(email);
  if (isKnown && (developer.emailVerified || developer.emailSetByAdmin)) return { email, isVerified };
  if (email !== null) assertEmailDomainAllowed(portal, email);
  else if (!developer && portal.settings.allowed_email_domains.length > 0)
    throw fieldError(
      'email_domain_not_allowed',
      'email',
      'This portal requires an email address, and the identity provider sends none.',
    );
  if (portal.settings.require_verified_email && !(email !== null && isVerified))
    throw new GatehouseError(
      'email_not_verified',
      'This portal requires a verified email address, and the identity provider does not confirm yours.',
    );
  return { email, isVerified };
}

/** The settings that all options of identity providers have. */
export function ssoSettings({ providerType, config }: LoginOption) {
  const { registration_auto_approval, trust_email } = LOGIN_OPTION_CONFIGS.cas.shape;
  if (providerType === 'built_in') throw new Error('the built-in login has no provider');
  return {
    registration_auto_approval: registration_auto_approval.parse(config['registration_auto_approval']),
    trust_email: trust_email.parse(config['trust_email']),
  };
}

type Address = { portal: Portal; email: string; developer: Developer };

/** Whether the address is free: no other developer has verified it or got it from an admin. */
export async function isAddressFree({ em }: Scope, { portal, email, developer }: Address): Promise<boolean> {
  const emailKey = comparable(email);
  // The lock orders simultaneous sign-ins with the same address, so that the second sees what the first changed.
  await lockText(em, `${portal.id} ${emailKey}`);
  const owner = await em.findOne(Developer, {
    portal: portal.id,
    emailKey,
    leftAt: null,
    id: { $ne: developer.id },
    $or: [{ emailVerified: true }, { emailSetByAdmin: true }],
  });
  return owner === null;
}
