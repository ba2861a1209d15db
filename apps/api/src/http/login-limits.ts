import { GatehouseError } from '@gatehouse/contract/errors';
import { comparable } from '@gatehouse/db/comparable';
import { networkOf } from './network-of.ts';
import { addressIn, type Caller, type Count, type Guard } from './rate-limit.ts';

export type LoginName = { portal_id: string; username: string };

/** Ignores case and Unicode form, so that another spelling of a name counts as the same account. */
const accountAt = ({ portal_id, username }: LoginName, network: string): string =>
  JSON.stringify([portal_id.toLowerCase(), comparable(username), network]);

/** Counts by client, and by client and account, so that a guessing stranger cannot lock the owner out elsewhere. */
const failuresOf = (input: LoginName, clientAddress: string): Count[] => {
  const network = networkOf(clientAddress);
  return [
    { name: 'login_by_address', key: network },
    { name: 'login_by_account', key: accountAt(input, network) },
  ];
};

export const limitLogins: Guard<LoginName> = (input, { clientAddress, limits }) =>
  limits.consume(...failuresOf(input, clientAddress), {
    name: 'login_in_all',
    key: accountAt(input, networkOf(clientAddress)),
  });

/** Only a wrong username or password counts as a failure. */
export const forgiveLogin = (input: LoginName, { clientAddress, limits }: Caller): Promise<void> =>
  limits.giveBack(...failuresOf(input, clientAddress));

export async function judgeFailure(error: unknown, input: LoginName, caller: Caller): Promise<void> {
  if (error instanceof GatehouseError && error.code === 'invalid_login') return;
  await forgiveLogin(input, caller);
}

export const limitLinks: Guard<unknown> = (_input, { clientAddress, limits }) =>
  limits.consume({ name: 'link_by_address', key: networkOf(clientAddress) });

/** Limits mails to one address. Links of the earlier mails still work. */
const mailsTo = (address: { portal_id: string; email: string }): Count => ({
  name: 'mail_by_email',
  key: addressIn(address),
});

export const limitForgotten: Guard<{ portal_id: string; email: string }> = (input, { clientAddress, limits }) =>
  limits.consume({ name: 'link_by_address', key: networkOf(clientAddress) }, mailsTo(input));

const ownMails = (uid: string): Count => ({ name: 'own_account', key: `mail ${uid}` });

export const limitNewAddress: Guard<{ email?: string | null | undefined }> = async ({ email }, { limits, actor }) => {
  if (email === undefined || actor.kind !== 'developer') return;
  await limits.consume({ name: 'own_account', key: actor.uid }, ownMails(actor.uid));
};

export const limitOwnMails: Guard<{ email: string }> = async ({ email }, { limits, actor }) => {
  if (actor.kind !== 'developer') return;
  await limits.consume(ownMails(actor.uid), mailsTo({ portal_id: actor.portalId, email }));
};

/** Keeps someone who finds an open session from guessing the password. */
export const limitOwnPassword: Guard<unknown> = async (_input, { limits, actor }) => {
  if (actor.kind === 'developer') await limits.consume({ name: 'own_account', key: actor.uid });
  if (actor.kind === 'operator') await limits.consume({ name: 'own_account', key: actor.id });
};
