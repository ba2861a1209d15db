import type { LoginOptionId, PortalId } from '@gatehouse/contract/ids';
import type { VerifiedClaims } from '@gatehouse/contract/verified-claims';
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
import { beginSession } from './begin-session.ts';
import type { AskingSession } from '../session/end-session.ts';
import { provisionDeveloper } from './provision-developer.ts';
import { refreshDeveloper } from './refresh-developer.ts';

/** Milliseconds after which every provider response has expired. */
const ANSWER_LIFE = 3_600_000;

type SignIn = {
  portal_id: PortalId;
  login_option_id: LoginOptionId;
  claims: VerifiedClaims;
  /** The person's choice if the claimed username is not available. */
  username?: string | undefined;
  /** The former session of the browser. It ends. */
  replaces: AskingSession | null;
};

/** Signs in the developer with the claimed subject. At the first sign-in it creates the account (JIT provisioning). */
export async function signInByProvider(scope: Scope, signIn: SignIn): Promise<Login> {
  const { em, now } = scope;
  const { portal_id, login_option_id, claims } = signIn;
  const replaces = signIn.replaces && (await em.findOne(Session, signIn.replaces.sessionId)) ? signIn.replaces : null;
  scope.authorize(allowed);
  assertSubject(claims.subject);
  const known = await findIdentity(em, login_option_id, claims);
  // Simultaneous first sign-ins of a person wait for each other, and a sign-in waits while the option is being disabled.
  const lockMode = known ? LockMode.PESSIMISTIC_READ : LockMode.PESSIMISTIC_WRITE;
  const option = await em.findOne(
    LoginOption,
    { id: login_option_id, portal: portal_id, disable: false },
    { lockMode },
  );
  if (!option) throw notFound('login option');
  if (claims.once !== null) {
    const expiresAt = new Date(now.getTime() + ANSWER_LIFE);
    em.create(SsoAnswer, { loginOption: option.id, hash: sha256(claims.once), expiresAt });
  }
  const portal = await findPortal(em, portal_id);
  const identity = known ?? (await findIdentity(em, option.id, claims));
  if (!identity) {
    const developer = await provisionDeveloper(scope, { portal, option, claims, username: signIn.username });
    addIdentity(scope, { developer, option, subject: claims.subject });
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
  await refreshDeveloper(scope, { portal, option, claims, developer });
  identity.lastLoginAt = now;
  // Another sign-in of this developer may have added the subject before it released the developer's lock.
  const isNew =
    identity.subject !== claims.subject && !(await findIdentity(em, option.id, { subject: claims.subject }));
  if (isNew) addIdentity(scope, { developer, option, subject: claims.subject });
  return beginSession(scope, developer, { loginOption: option.id, replaces });
}

/** The most bytes of a subject: more than any provider uses, and few enough for an index. */
const LONGEST_SUBJECT = 1024;

/** Throws `sign_in_refused` for a subject that the database would alter or could not store. */
function assertSubject(subject: string): void {
  const isOne = subject !== '' && subject.isWellFormed() && !subject.includes('\0');
  if (isOne && Buffer.byteLength(subject) <= LONGEST_SUBJECT) return;
  throw new GatehouseError('sign_in_refused', 'The identity provider sent no usable user identifier.');
}

/** Links the subject to the developer. */
function addIdentity(
  { em, now }: Scope,
  { developer, option, subject }: { developer: Developer; option: LoginOption; subject: string },
): void {
  em.create(Identity, {
    id: newId(),
    developer: developer.id,
    portalId: developer.portal,
    loginOption: option.id,
    subject,
    createdAt: now,
    lastLoginAt: now,
  });
}

/** The identity of the subject, or else of the first alias that is known. */
async function findIdentity(
  em: EntityManager,
  loginOption: LoginOptionId,
  { subject, aliases = [] }: Pick<VerifiedClaims, 'subject' | 'aliases'>,
): Promise<Identity | null> {
  const names = [subject, ...aliases];
  const found = await em.find(Identity, { loginOption, subject: { $in: names } });
  return found.toSorted((a, b) => names.indexOf(a.subject) - names.indexOf(b.subject))[0] ?? null;
}
