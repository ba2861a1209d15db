import { lockText } from '../kernel/lock-text.ts';
import { Username } from '@gatehouse/contract/developer';
import { fieldError, GatehouseError } from '@gatehouse/contract/errors';
import { LOGIN_OPTION_CONFIGS, type Vouched } from '@gatehouse/contract/login-option';
import { asciiAddress, emailAddress, label } from '@gatehouse/contract/text';
import { comparable, Developer } from '@gatehouse/db/entities/developer.entity';
import type { LoginOption } from '@gatehouse/db/entities/login-option.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import { fileRegistration } from '../approval/file-registration.ts';
import type { Scope } from '../kernel/command.ts';
import { assertEmailDomainAllowed } from '../developer/email-domain.ts';
import { isForeignAddress, newDeveloper } from '../developer/new-developer.ts';
import { mailLink } from './mail-link.ts';
import { ownAddress } from '../developer/own-address.ts';

type Came = { portal: Portal; option: LoginOption; vouched: Vouched };

/** The account of one who comes for the first time. `username`: chosen, for the provider's is not to be had. */
export async function newVouchedDeveloper(
  scope: Scope,
  { portal, option, vouched, username: chosen }: Came & { username: string | undefined },
): Promise<Developer> {
  const address = addressOf({ portal, option, vouched });
  const wanted = chosen ?? usernameOf(vouched);
  const username = await usernameFor(scope, { portal, wanted, email: address.email });
  const { registration_auto_approval } = whatDecides(option);
  const developer = newDeveloper(scope, {
    portal,
    username,
    name: nameOf(vouched),
    labels: {},
    state: registration_auto_approval ? 'Active' : 'Pending',
    passwordHash: null,
    provider: 'sso',
  });
  const event = scope.as(developer).emit('developer.registered', developer);
  if (address.email !== null) {
    developer.chooseEmail(address.email);
    const isFree = await isAddressFree(scope, { portal, email: address.email, developer });
    if (isFree && address.isVouched) await ownAddress(scope, developer);
    else if (isFree) mailLink(scope, event, { kind: 'verify_email', portal, developer, email: address.email });
  }
  if (developer.state === 'Pending') fileRegistration(scope, event, { portal, developer });
  return developer;
}

/** What the provider says now takes the place of what it said before, but for a username that another has. */
export async function refreshDeveloper(scope: Scope, came: Came & { developer: Developer }): Promise<void> {
  const { portal, vouched, developer } = came;
  const { email, isVouched } = addressOf(came, developer);
  const before = { username: developer.username, name: developer.name, email: developer.email ?? null };
  const name = nameOf(vouched) ?? before.name;
  const username =
    (await freeUsername(scope, { portal, wanted: usernameOf(vouched), email, developer })) ?? before.username;
  // A username that is an address stays the account's own address.
  const isNewAddress = email !== null && !isForeignAddress(username, email) && comparable(email) !== developer.emailKey;
  const isUnverified = email !== null && comparable(email) === developer.emailKey && !developer.emailVerified;
  const becomesOwn =
    isVouched && (isNewAddress || isUnverified) && (await isAddressFree(scope, { portal, email, developer }));
  const isVerified = becomesOwn || (developer.emailVerified && !isNewAddress);
  const names = [
    ...(username === before.username ? [] : ['username']),
    ...(name === before.name ? [] : ['name']),
    ...(isNewAddress ? ['email'] : []),
    ...(isVerified === developer.emailVerified ? [] : ['email_verified']),
  ];
  if (names.length === 0) return;
  Object.assign(developer, { username, usernameKey: comparable(username), name, updatedAt: scope.now });
  scope.as(developer).emit('developer.updated', developer, names);
  if (isNewAddress) developer.chooseEmail(email);
  // No link is mailed: at a provider an address may be changed as often as one likes. The developer can ask for one.
  if (becomesOwn) await ownAddress(scope, developer);
}

/** What the option's config decides about everybody who comes by it. */
function whatDecides({ providerType, config }: LoginOption) {
  const { registration_auto_approval, trust_email } = LOGIN_OPTION_CONFIGS.cas.shape;
  if (providerType === 'built_in') throw new Error('the built-in login has no provider');
  return {
    registration_auto_approval: registration_auto_approval.parse(config['registration_auto_approval']),
    trust_email: trust_email.parse(config['trust_email']),
  };
}

/** The address that the provider sends, held to the portal's rules; `developer`: who has it already keeps what was allowed. */
function addressOf({ portal, option, vouched }: Came, developer?: Developer) {
  const email = vouchedAddress(vouched);
  const isVouched = vouched.emailVerified ?? whatDecides(option).trust_email;
  const isKnown = email !== null && developer?.emailKey === comparable(email);
  if (isKnown && (developer.emailVerified || developer.emailSetByAdmin)) return { email, isVouched };
  if (email !== null) assertEmailDomainAllowed(portal, email);
  else if (!developer && portal.settings.allowed_email_domains.length > 0)
    throw fieldError(
      'email_domain_not_allowed',
      'email',
      'This portal requires an email address, and the identity provider sends none.',
    );
  if (portal.settings.require_verified_email && !(email !== null && isVouched))
    throw new GatehouseError(
      'email_not_verified',
      'This portal requires a verified email address, and the identity provider does not confirm yours.',
    );
  return { email, isVouched };
}

/** The email address that the provider sends; null if it sends none, or text that is not an address. */
export const vouchedAddress = ({ email }: Pick<Vouched, 'email'>): string | null =>
  email === null ? null : (emailAddress.safeParse(asciiAddress(email)).data ?? null);

/** Where a provider names people by their address, the two stay equal. */
const usernameOf = ({ username, email }: Vouched): string | null =>
  username !== null && username === email ? asciiAddress(username) : username;

type Address = { portal: Portal; email: string; developer: Developer };

/** Whether no other has shown that the address is theirs, or was given it. */
async function isAddressFree({ em }: Scope, { portal, email, developer }: Address): Promise<boolean> {
  const emailKey = comparable(email);
  // Of two who come with one address at once the second sees what became of the first.
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

type Wanted = { portal: Portal; wanted: string | null; email: string | null; developer?: Developer };

/** Throws `username_needed` where the person must choose another. */
async function usernameFor(scope: Scope, wanted: Wanted): Promise<string> {
  const username = await freeUsername(scope, wanted);
  if (username !== null) return username;
  throw new GatehouseError(
    'username_needed',
    wanted.wanted === null
      ? 'The identity provider sent no username. Choose one.'
      : 'Your username at the identity provider is not available here. Choose another one.',
    { issues: [{ path: '/new_username', message: 'Choose a username', code: 'username_needed' }] },
  );
}

/** Null for what cannot be a username here, or is another's. */
async function freeUsername({ em }: Scope, { portal, wanted, email, developer }: Wanted): Promise<string | null> {
  const parsed = Username.safeParse(wanted);
  if (!parsed.success) return null;
  const username = parsed.data;
  if (isForeignAddress(username, email)) return null;
  const holder = await em.findOne(Developer, { portal: portal.id, usernameKey: comparable(username), leftAt: null });
  return holder && holder.id !== developer?.id ? null : username;
}

const DisplayName = label(100);

function nameOf({ name }: Vouched): string | undefined {
  const parsed = DisplayName.safeParse(name);
  return parsed.success ? parsed.data : undefined;
}
