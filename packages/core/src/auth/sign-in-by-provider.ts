import type { Vouched } from '@gatehouse/contract/login-option';
import { accountSuspended, GatehouseError, notFound } from '@gatehouse/contract/errors';
import type { Login } from '@gatehouse/contract/session';
import { newId } from '@gatehouse/db/columns';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import { Identity, LoginOption, SsoAnswer } from '@gatehouse/db/entities/login-option.entity';
import { Session } from '@gatehouse/db/entities/session.entity';
import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import type { Scope } from '../kernel/command.ts';
import { allowed } from '../kernel/decision.ts';
import { suspensionOf } from '../developer/suspension.ts';
import { findPortal } from '../portal/find-portal.ts';
import { sha256 } from '../crypto/secret.ts';
import { beginSession } from '../session/begin-session.ts';
import type { AskingSession } from '../session/end-session.ts';
import { newVouchedDeveloper, refreshDeveloper } from './provision-developer.ts';

/** Milliseconds in which no answer of a provider is still good. */
const ANSWER_LIFE = 3_600_000;

type SignIn = {
  portal_id: string;
  login_option_id: string;
  vouched: Vouched;
  /** Chosen because the provider's could not be had. */
  username?: string | undefined;
  /** That of the same browser. */
  replaces: AskingSession | null;
};

/** Signs in whom the provider vouches for; at the first time makes the account. Who it is says the subject alone. */
export async function signInByProvider(scope: Scope, signIn: SignIn): Promise<Login> {
  const { em, now } = scope;
  const { portal_id, login_option_id, vouched } = signIn;
  const replaces = signIn.replaces && (await em.findOne(Session, signIn.replaces.sessionId)) ? signIn.replaces : null;
  scope.authorize(allowed);
  assertSubject(vouched.subject);
  const known = await findIdentity(em, login_option_id, vouched);
  // Two first sign-ins of one person wait for each other, and nobody gets in while the option is being disabled.
  const lockMode = known ? LockMode.PESSIMISTIC_READ : LockMode.PESSIMISTIC_WRITE;
  const option = await em.findOne(
    LoginOption,
    { id: login_option_id, portal: portal_id, disable: false },
    { lockMode },
  );
  if (!option) throw notFound('login option');
  if (vouched.once !== null) {
    const expiresAt = new Date(now.getTime() + ANSWER_LIFE);
    em.create(SsoAnswer, { loginOption: option.id, hash: sha256(vouched.once), expiresAt });
  }
  const portal = await findPortal(em, portal_id);
  const identity = known ?? (await findIdentity(em, option.id, vouched));
  if (!identity) {
    const developer = await newVouchedDeveloper(scope, { portal, option, vouched, username: signIn.username });
    recognize(scope, { developer, option, subject: vouched.subject });
    return beginSession(scope, developer, { loginOption: option.id, replaces });
  }
  const developer = await em.findOne(
    Developer,
    { id: identity.developer, leftAt: null },
    { lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  if (!developer)
    throw new GatehouseError('sign_in_refused', 'This account is being deleted. Try again later to create a new one.');
  if (developer.state === 'Suspended') throw accountSuspended(suspensionOf(portal, developer));
  await refreshDeveloper(scope, { portal, option, vouched, developer });
  identity.lastLoginAt = now;
  // Another sign-in of this developer may have added the subject before it released the developer's lock.
  const isNew =
    identity.subject !== vouched.subject && !(await findIdentity(em, option.id, { subject: vouched.subject }));
  if (isNew) recognize(scope, { developer, option, subject: vouched.subject });
  return beginSession(scope, developer, { loginOption: option.id, replaces });
}

/** Bytes: more than any provider uses, and an index holds them. */
const LONGEST_SUBJECT = 1024;

/** What the database would store as another, or not at all, names nobody. */
function assertSubject(subject: string): void {
  const isOne = subject !== '' && subject.isWellFormed() && !subject.includes('\0');
  if (isOne && Buffer.byteLength(subject) <= LONGEST_SUBJECT) return;
  throw new GatehouseError('sign_in_refused', 'The identity provider sent no usable user identifier.');
}

/** From now on the developer is recognized by this subject too. */
function recognize(
  { em, now }: Scope,
  { developer, option, subject }: { developer: Developer; option: LoginOption; subject: string },
): void {
  em.create(Identity, {
    id: newId(),
    developer: developer.id,
    loginOption: option.id,
    subject,
    createdAt: now,
    lastLoginAt: now,
  });
}

/** By the subject, or else by the first alias that is known. */
async function findIdentity(
  em: EntityManager,
  loginOption: string,
  { subject, aliases = [] }: Pick<Vouched, 'subject' | 'aliases'>,
): Promise<Identity | null> {
  const names = [subject, ...aliases];
  const found = await em.find(Identity, { loginOption, subject: { $in: names } });
  return found.toSorted((a, b) => names.indexOf(a.subject) - names.indexOf(b.subject))[0] ?? null;
}
