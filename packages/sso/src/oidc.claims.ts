import type { AttributeNames } from '@gatehouse/contract/login-option-config';
import type { VerifiedClaims } from '@gatehouse/contract/verified-claims';
import { attributeValue } from './attribute-value.ts';

/** The claims of an ID token or of the userinfo endpoint. */
export type Claims = Record<string, unknown>;
type Person = Pick<VerifiedClaims, 'username' | 'email' | 'emailVerified' | 'name'>;

/** The configured claim names; by default, the standard claims of OpenID Connect. */
export const claimNames = (attributes: AttributeNames): Required<Record<keyof AttributeNames, string>> => ({
  username: attributes.username ?? 'preferred_username',
  email: attributes.email ?? 'email',
  name: attributes.name ?? 'name',
});

/** The mapped claims that are missing or unusable. */
export const lacking = (attributes: AttributeNames, claims: Claims): string[] =>
  Object.values(claimNames(attributes)).filter((name) => attributeValue(claims[name]) === null);

/** Takes each field from the first of `said` that has a usable value for it. */
export function personOf(attributes: AttributeNames, said: Claims[]): Person {
  const names = claimNames(attributes);
  const sayer = (name: string): Claims => said.find((claims) => attributeValue(claims[name]) !== null) ?? {};
  const email = attributeValue(sayer(names.email)[names.email]);
  return {
    username: attributeValue(sayer(names.username)[names.username]),
    email,
    emailVerified: email === null ? null : isVerified(email, sayer(names.email)),
    name: attributeValue(sayer(names.name)[names.name]),
  };
}

/** `email_verified` describes the claim `email`, not other addresses. Some providers send it as a string. */
function isVerified(email: string, { email: standard, email_verified: verified }: Claims): boolean | null {
  if (verified === undefined || verified === null || attributeValue(standard) !== email) return null;
  return verified === true || verified === 'true';
}
