import { Username } from '@gatehouse/contract/developer';
import { GatehouseError } from '@gatehouse/contract/errors';
import { asciiAddress, label } from '@gatehouse/contract/text';
import type { VerifiedClaims } from '@gatehouse/contract/verified-claims';
import { comparable } from '@gatehouse/db/comparable';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import { isForeignAddress } from '../developer/new-developer.ts';
import type { Scope } from '../kernel/command.ts';

/** The claimed username. If it is the claimed address, it is written the same way. */
export const claimedUsername = ({ username, email }: VerifiedClaims): string | null =>
  username !== null && username === email ? asciiAddress(username) : username;

const DisplayName = label(100);

/** Undefined if the provider sends no name, or one that is not allowed here. */
export const claimedName = ({ name }: VerifiedClaims): string | undefined => DisplayName.safeParse(name).data;

type UsernameRequest = { portal: Portal; wanted: string | null; email: string | null; developer?: Developer };

/** Throws `username_needed` if the person must choose another username. */
export async function requireUsername(scope: Scope, request: UsernameRequest): Promise<string> {
  const username = await freeUsername(scope, request);
  if (username !== null) return username;
  throw new GatehouseError(
    'username_needed',
    request.wanted === null
      ? 'The identity provider sent no username. Choose one.'
      : 'Your username at the identity provider is not available here. Choose another one.',
    { issues: [{ path: '/new_username', message: 'Choose a username', code: 'username_needed' }] },
  );
}

/** Null if the text cannot be a username here, or another developer has it. */
export async function freeUsername(
  { em }: Scope,
  { portal, wanted, email, developer }: UsernameRequest,
): Promise<string | null> {
  const parsed = Username.safeParse(wanted);
  if (!parsed.success) return null;
  const username = parsed.data;
  if (isForeignAddress(username, email)) return null;
  const holder = await em.findOne(Developer, { portal: portal.id, usernameKey: comparable(username), leftAt: null });
  return holder && holder.id !== developer?.id ? null : username;
}
