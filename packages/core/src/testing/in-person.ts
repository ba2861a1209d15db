import { EmailId } from '@gatehouse/contract/ids';
import type { Context } from '../kernel/context.ts';
import { register } from '../auth/register.ts';
import { composeEmail } from './compose-email.ts';
import { authenticateSession } from '../session/authenticate-session.ts';
import { login } from '../auth/login.ts';
import { anonymous, PASSWORD, worker, type CoreTest } from './core-test.ts';

/** Registers `<username>@example.org`, who is `Active` if the portal approves registrations automatically. */
export const registered = (test: CoreTest, portal_id: string, username: string): Promise<unknown> =>
  register.execute(test.as(anonymous), {
    portal_id,
    username,
    email: `${username}@example.org`,
    password: PASSWORD,
  });

type SignIn = { username: string; password?: string; now?: Date };

export const signIn = (test: CoreTest, portal_id: string, { username, password = PASSWORD, now }: SignIn) =>
  login.execute(test.as(anonymous, now), { portal_id, username, password });

/** An active developer of a new portal who has just signed in. */
export async function signedIn(test: CoreTest, settings: Parameters<CoreTest['portal']>[0] = {}) {
  const portal_id = await test.portal({ registration_auto_approval: true, ...settings });
  await registered(test, portal_id, 'ada');
  const login = await signIn(test, portal_id, { username: 'ada' });
  return { portal_id, ...login, as: (now?: Date) => inPersonAs(test, login.token, now) };
}

/** A context of the developer with this session token. Throws `unauthenticated` after the session has ended. */
export async function inPersonAs(test: CoreTest, token: string, now = new Date()): Promise<Context> {
  const session = await authenticateSession({ em: test.orm().em, now }, token);
  if (!session) throw Object.assign(new Error('The session has ended.'), { code: 'unauthenticated' });
  return test.as(session.actor, now);
}

/** The token in the link of the newest mail of that kind to the address. */
export async function linkTokenTo(test: CoreTest, kind: string, to: string): Promise<string> {
  const [mail] = await test.rows<{ id: string }>(
    'select id from email where kind = ? and "to" = ? order by id desc limit 1',
    [kind, to],
  );
  const composed = await composeEmail(test.as(worker), EmailId.parse(mail?.id ?? ''));
  if (composed.kind === 'unwanted') throw new Error(composed.reason);
  const [link = ''] = /https:\S+/.exec(composed.text) ?? [];
  return new URL(link).searchParams.get('token') ?? '';
}
