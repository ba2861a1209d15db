import type { PortalId } from '@gatehouse/contract/ids';
import { RegisterDeveloperInput, Registration } from '@gatehouse/contract/developer';
import { fieldError, GatehouseError } from '@gatehouse/contract/errors';
import { comparable } from '@gatehouse/db/comparable';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import type { Event } from '@gatehouse/db/entities/event.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import { fileRegistration } from '../approval/file-registration.ts';
import { changed, command, type Scope } from '../kernel/command.ts';
import type { Context } from '../kernel/context.ts';
import { translated } from '../kernel/database-errors.ts';
import { allowed, denied, enforce, type Decision } from '../kernel/decision.ts';
import { queueEmail } from '../email/queue-email.ts';
import { assertBuiltIn } from '../login-option/assert-built-in.ts';
import { hashPassword } from '../crypto/password.ts';
import { findPortal } from '../portal/find-portal.ts';
import { isPassword } from './login-hashes.ts';
import { mailLink } from './mail-link.ts';
import { parseInput } from '../kernel/use-case.ts';
import { findAddressOwner, type AddressOwner } from '../developer/address-owner.ts';
import { assertEmailDomainAllowed } from '../developer/email-domain.ts';
import { assertUsernameIsNoForeignAddress, newDeveloper } from '../developer/new-developer.ts';
import { assertGoodPassword } from '../developer/password-rules.ts';

/** The most hashes that wait. Further ones are refused with 503, because this call needs no token. */
const QUEUE = 32;

const registerOnce = command({
  name: 'auth.register',
  access: 'public',
  summary: 'Register as a developer',
  input: RegisterDeveloperInput,
  output: Registration,
  async prepare({ em }, { portal_id, username, email, password }) {
    assertUsernameIsNoForeignAddress(username, email);
    const fork = em.fork();
    const portal = await findPortal(fork, portal_id);
    await assertBuiltIn(fork, portal.id);
    enforce(registrationOpen(portal));
    assertEmailDomainAllowed(portal, email);
    await assertGoodPassword(password, { portal, names: [username, email] });
    await assertUsernameFree(fork, portal, username);
    return { passwordHash: await hashPassword(password, { queue: QUEUE }) };
  },
  async run(scope, { portal_id, email, ...input }, { passwordHash }) {
    const portal = await findPortal(scope.em, portal_id);
    scope.authorize(registrationOpen(portal));
    await assertUsernameFree(scope.em, portal, input.username);
    const owner = await findAddressOwner(scope, { portal, email });
    const state = portal.settings.registration_auto_approval ? 'Active' : 'Pending';
    const developer = newDeveloper(scope, {
      portal,
      username: input.username,
      name: input.name,
      locale: input.locale ?? scope.locale,
      labels: {},
      state,
      passwordHash,
    });
    developer.chooseEmail(email);
    const event = scope.emit(owner ? 'registration.repeated' : 'developer.registered', developer);
    if (owner) tellOwner(scope, event, { portal, developer, owner });
    else mailLink(scope, event, { kind: 'verify_email', portal, developer, email });
    if (state === 'Pending') fileRegistration(scope, event, { portal, developer });
    return changed({ status: 'submitted' as const });
  },
});

/** A repeated registration, as from a double-clicked button, gets the same response as the first. */
export const register: typeof registerOnce = {
  ...registerOnce,
  async execute(context, input) {
    try {
      return await registerOnce.execute(context, input);
    } catch (error) {
      const isTaken = error instanceof GatehouseError && error.code === 'username_taken';
      if (isTaken && (await isRepeated(context, parseInput(registerOnce.input, input)))) return { status: 'submitted' };
      throw error;
    }
  },
};

/**
 * Whether an unverified account with this username, address and password exists. Always computes one hash, so that the
 * response time reveals nothing about the address.
 */
async function isRepeated({ em }: Context, { portal_id, username, email, password }: Input): Promise<boolean> {
  const waiting = await translated(() => findByUsername(em.fork(), portal_id, username));
  const isOwn =
    waiting?.emailKey === comparable(email) &&
    !waiting.emailVerified &&
    !waiting.emailSetByAdmin &&
    waiting.state !== 'Suspended';
  return isPassword(isOwn ? (waiting.passwordHash ?? null) : null, password);
}

const findByUsername = (em: EntityManager, portal: PortalId, username: string) =>
  em.findOne(Developer, { portal, usernameKey: comparable(username), leftAt: null });

const registrationOpen = ({ settings }: Portal): Decision =>
  settings.self_registration
    ? allowed
    : denied(new GatehouseError('registration_closed', 'This portal does not accept registrations.'));

/** Usernames are public, so the error may say that one is taken. The unique index decides races. */
async function assertUsernameFree(em: EntityManager, portal: Portal, username: string): Promise<void> {
  if (await findByUsername(em, portal.id, username))
    throw fieldError('username_taken', 'username', 'The username is already in use in this portal.');
}

/** Notifies the owner of the address in place of mailing a link. The new account exists but can never verify the address. */
function tellOwner(scope: Scope, event: Event, { portal, developer, owner }: OwnerNotice): void {
  queueEmail(scope, event, {
    kind: 'registration_existing',
    to: owner.email,
    portal,
    about: { developer: developer.id },
    // The mail belongs to the other account, and would keep the owner's name after the owner's erasure.
    reader: { name: null, locale: owner.locale },
    data: {},
  });
}

type Input = z.output<typeof RegisterDeveloperInput>;
type OwnerNotice = { portal: Portal; developer: Developer; owner: AddressOwner };
