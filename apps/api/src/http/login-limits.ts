import { GatehouseError } from '@gatehouse/contract/errors';
import { placeOf } from './place-of.ts';
import type { Caller, Guard, RateLimits } from './rate-limit.ts';

export type LoginName = { portal_id: string; username: string };

/** Without case and form, so that writing a name in another way is no new account. */
const accountAt = ({ portal_id, username }: LoginName, place: string): string =>
  JSON.stringify([portal_id.toLowerCase(), username.normalize('NFKC').toLowerCase(), place]);

/** By where it comes from, and there by account: whoever guesses at an account does not lock its owner out elsewhere. */
export const limitLogins: Guard<LoginName> = async (input, { clientAddress, limits }) => {
  const place = placeOf(clientAddress);
  // What is refused for the account takes nothing from the others of the place.
  await limits.consume('login_by_account', accountAt(input, place));
  await limits.consume('login_in_all', accountAt(input, place));
  await limits.consume('login_by_address', place);
};

/** Only a wrong name or password counts: not what was right, nor what we were too busy to look at. */
export async function forgiveLogin(input: LoginName, { clientAddress, limits }: Caller): Promise<void> {
  const place = placeOf(clientAddress);
  await limits.giveBack('login_by_address', place);
  await limits.giveBack('login_by_account', accountAt(input, place));
}

export async function judgeFailure(error: unknown, input: LoginName, caller: Caller): Promise<void> {
  if (error instanceof GatehouseError && error.code === 'invalid_login') return;
  await forgiveLogin(input, caller);
}

export const limitLinks: Guard<unknown> = async (_input, { clientAddress, limits }) => {
  await limits.consume('link_by_address', placeOf(clientAddress));
};

/** Of an address that mails are asked for too often its owner has the earlier ones, which still work. */
const limitMails = ({ portal_id, email }: { portal_id: string; email: string }, limits: RateLimits): Promise<void> =>
  limits.consume('mail_by_email', JSON.stringify([portal_id.toLowerCase(), email.toLowerCase()]));

export const limitForgotten: Guard<{ portal_id: string; email: string }> = async (input, { clientAddress, limits }) => {
  await limits.consume('link_by_address', placeOf(clientAddress));
  await limitMails(input, limits);
};

export const limitNewAddress: Guard<{ email?: string | null | undefined }> = async ({ email }, { limits, actor }) => {
  if (email === undefined || actor.kind !== 'developer') return;
  await limits.consume('own_account', actor.uid);
  await limits.consume('own_account', `mail ${actor.uid}`);
};

export const limitOwnMails: Guard<{ email: string }> = async ({ email }, { limits, actor }) => {
  if (actor.kind !== 'developer') return;
  await limits.consume('own_account', `mail ${actor.uid}`);
  await limitMails({ portal_id: actor.portalId, email }, limits);
};

/** Whoever has found a session open must not find out the password by it. */
export const limitOwnPassword: Guard<unknown> = async (_input, { limits, actor }) => {
  if (actor.kind === 'developer') await limits.consume('own_account', actor.uid);
};
