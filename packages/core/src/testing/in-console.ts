import type { OperatorRole } from '@gatehouse/contract/scopes';
import { acceptConsoleInvitation } from '../console/accept-invitation.ts';
import { consoleLogin } from '../console/login.ts';
import { authenticateOperatorSession } from '../operator/authenticate-operator-session.ts';
import { inviteOperator } from '../operator/invite-operator.ts';
import type { Context } from '../kernel/context.ts';
import { admin, anonymous, PASSWORD, type CoreTest } from './core-test.ts';
import { linkTokenTo } from './in-person.ts';

let count = 0;

type Given = { role?: OperatorRole; portal_ids?: string[] | null };

/** An operator who has been invited. */
export async function invitedOperator(test: CoreTest, { role = 'manager', portal_ids = null }: Given = {}) {
  count += 1;
  const email = `grace${String(count)}@example.org`;
  const { id } = await inviteOperator.execute(test.as(admin()), { name: 'Grace Hopper', email, role, portal_ids });
  return { id, email, token: await linkTokenTo(test, 'operator_invitation', email) };
}

/** Calls with the context of a visitor, and returns the secret of the console session that began. */
export async function secretOf(
  test: CoreTest,
  call: (context: Context) => Promise<unknown>,
  from = test.as(anonymous),
) {
  let secret = '';
  await call({ ...from, onSession: (session) => void (secret = session.secret) });
  return secret;
}

/** An operator who has accepted the invitation, and the secret of the session. */
export async function activeOperator(test: CoreTest, given: Given = {}) {
  const { id, email, token } = await invitedOperator(test, given);
  const secret = await secretOf(test, (context) =>
    acceptConsoleInvitation.execute(context, { token, password: PASSWORD }),
  );
  return { id, email, secret };
}

export const consoleSignIn = (test: CoreTest, email: string, { password = PASSWORD, now = new Date() } = {}) =>
  secretOf(test, (context) => consoleLogin.execute(context, { email, password }), test.as(anonymous, now));

/** The actor with this console session, or null after it has ended. */
export const inConsole = async (test: CoreTest, secret: string, now = new Date()) =>
  (await authenticateOperatorSession({ em: test.orm().em, now }, secret))?.actor ?? null;

/** A context of the operator or token with this console session. */
export async function consoleContext(test: CoreTest, secret: string, now = new Date()): Promise<Context> {
  const actor = await inConsole(test, secret, now);
  if (!actor) throw Object.assign(new Error('The session has ended.'), { code: 'unauthenticated' });
  return test.as(actor, now);
}
