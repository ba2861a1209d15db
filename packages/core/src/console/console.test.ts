import { describe, expect, it } from 'vitest';
import { listAudit } from '../audit/list-audit.ts';
import { disableOperator } from '../operator/disable-operator.ts';
import { enableOperator } from '../operator/enable-operator.ts';
import { endSessionsOfOperator } from '../operator/end-sessions.ts';
import { listOperatorSessions } from '../operator/list-sessions.ts';
import { renewOperatorInvite } from '../operator/renew-invite.ts';
import { trimOperatorSessions } from '../operator/trim-operator-sessions.ts';
import { updateOperator } from '../operator/update-operator.ts';
import { admin, anonymous, codeOf, coreTest, PASSWORD } from '../testing/core-test.ts';
import {
  activeOperator,
  consoleContext,
  consoleSignIn,
  inConsole,
  invitedOperator,
  secretOf,
} from '../testing/in-console.ts';
import { linkTokenTo } from '../testing/in-person.ts';
import { createToken } from '../token/create-token.ts';
import { deleteToken } from '../token/delete-token.ts';
import { regenerateToken } from '../token/regenerate-token.ts';
import { acceptConsoleInvitation } from './accept-invitation.ts';
import { changeConsolePassword } from './change-password.ts';
import { deleteConsoleSession } from './delete-session.ts';
import { describeConsoleLink } from './describe-link.ts';
import { forgotConsolePassword } from './forgot-password.ts';
import { listConsoleSessions } from './list-sessions.ts';
import { consoleLoginWithToken } from './login-with-token.ts';
import { consoleLogout } from './logout.ts';
import { resetConsolePassword } from './reset-password.ts';

const test = coreTest();
const NEW = 'another good password here';
const MINUTE = 60_000;
const after = (minutes: number) => new Date(Date.now() + minutes * MINUTE);

describe('an invitation', () => {
  it('sets the chosen password and signs in, once', async () => {
    const { id, email, token } = await invitedOperator(test, { role: 'approver' });
    const link = { kind: 'operator_invitation' as const, token };
    const described = describeConsoleLink.execute(test.as(anonymous), link);
    expect(await described).toEqual({ name: 'Grace Hopper', email });
    const accept = (password: string) =>
      secretOf(test, (context) => acceptConsoleInvitation.execute(context, { token, password }));
    expect(await codeOf(accept('too short'))).toBe('invalid_input');
    expect(await codeOf(accept('Grace.Hopper.2026'))).toBe('password_too_common');
    const secret = await accept(PASSWORD);
    expect(await inConsole(test, secret)).toMatchObject({ kind: 'operator', id, role: 'approver', portalIds: null });
    expect(await codeOf(accept(PASSWORD))).toBe('invite_expired');
    expect(await codeOf(describeConsoleLink.execute(test.as(anonymous), link))).toBe('invite_expired');
    expect(await codeOf(consoleSignIn(test, email))).toBe('none');
  });

  it('ends after 72 hours, with a newer one, and when the operator is disabled', async () => {
    const { id: operator_id, email, token } = await invitedOperator(test);
    const accept = (given: string, now?: Date) =>
      codeOf(acceptConsoleInvitation.execute(test.as(anonymous, now), { token: given, password: PASSWORD }));
    expect(await accept(token, after(72 * 60 + 1))).toBe('invite_expired');
    await renewOperatorInvite.execute(test.as(admin()), { operator_id });
    expect(await accept(token)).toBe('invite_expired');
    const second = await linkTokenTo(test, 'operator_invitation', email);
    await disableOperator.execute(test.as(admin()), { operator_id });
    expect(await accept(second)).toBe('invite_expired');
    expect(await enableOperator.execute(test.as(admin()), { operator_id })).toMatchObject({ state: 'invited' });
    expect(await accept('x.1.y')).toBe('invalid_link');
  });
});

describe('signing in', () => {
  it('needs the right password of an active operator', async () => {
    const { id: operator_id, email } = await activeOperator(test);
    const invited = await invitedOperator(test);
    expect(await inConsole(test, await consoleSignIn(test, email.toUpperCase()))).toMatchObject({ id: operator_id });
    expect(await codeOf(consoleSignIn(test, email, { password: NEW }))).toBe('invalid_login');
    expect(await codeOf(consoleSignIn(test, 'unknown@example.org'))).toBe('invalid_login');
    expect(await codeOf(consoleSignIn(test, invited.email))).toBe('invalid_login');
    await disableOperator.execute(test.as(admin()), { operator_id });
    expect(await codeOf(consoleSignIn(test, email))).toBe('sign_in_refused');
    expect(await codeOf(consoleSignIn(test, email, { password: NEW }))).toBe('invalid_login');
  });

  it('with a token begins a session that ends with the token', async () => {
    const make = () => createToken.execute(test.as(admin()), { kind: 'admin', name: 'ci', scopes: ['portals:read'] });
    const signIn = (token: string) => secretOf(test, (context) => consoleLoginWithToken.execute(context, { token }));
    const [deleted, regenerated] = [await make(), await make()];
    const secrets = [await signIn(deleted.token), await signIn(regenerated.token)];
    for (const [index, { id }] of [deleted, regenerated].entries())
      expect(await inConsole(test, secrets[index] ?? '')).toMatchObject({ kind: 'admin_token', id, name: 'ci' });
    await deleteToken.execute(test.as(admin()), { token_id: deleted.id });
    await regenerateToken.execute(test.as(admin()), { token_id: regenerated.id });
    for (const secret of secrets) expect(await inConsole(test, secret)).toBeNull();
    expect(await codeOf(signIn(regenerated.token))).toBe('unauthenticated');
    const used = await test.rows('select last_used_at from token where id = ?', [regenerated.id]);
    expect(used).toEqual([{ last_used_at: expect.anything() }]);
    expect(JSON.stringify(await test.rows('select * from operator_session'))).not.toContain(deleted.token);
  });

  it('takes admin tokens only, and no session outlives its token', async () => {
    const portal_id = await test.portal();
    const portal = await createToken.execute(test.as(admin()), { kind: 'portal', name: 'p', portal_id });
    const signIn = (token: string) => secretOf(test, (context) => consoleLoginWithToken.execute(context, { token }));
    expect(await codeOf(signIn(portal.token))).toBe('forbidden');
    const input = { kind: 'admin' as const, name: 'brief', expires_at: after(10).toISOString() };
    const secret = await signIn((await createToken.execute(test.as(admin()), input)).token);
    expect(await inConsole(test, secret, after(9))).not.toBeNull();
    expect(await inConsole(test, secret, after(11))).toBeNull();
  });
});

describe('a session', () => {
  it('ends after 30 minutes without use, and after 8 hours', async () => {
    const { secret } = await activeOperator(test);
    expect(await inConsole(test, secret, after(31))).toBeNull();
    for (let minutes = 0; minutes < 8 * 60; minutes += 29)
      expect(await inConsole(test, secret, after(minutes))).not.toBeNull();
    expect(await inConsole(test, secret, after(8 * 60 + 1))).toBeNull();
    await trimOperatorSessions({ em: test.orm().em, now: after(8 * 60 + 1) });
    expect(await test.rows('select 1 from operator_session')).toEqual([]);
  });

  it('is stored as a hash, listed and ended, by its operator and by others', async () => {
    const { id: operator_id, email, secret } = await activeOperator(test);
    const other = await consoleSignIn(test, email);
    const own = await consoleContext(test, secret);
    const { list } = await listConsoleSessions.execute(own, {});
    expect(list.map(({ current }) => current)).toEqual([false, true]);
    expect(await listOperatorSessions.execute(test.as(admin()), { operator_id })).toMatchObject({ total: 2 });
    expect(JSON.stringify(await test.rows('select * from operator_session, event'))).not.toContain(secret);
    const session_id = list[0]?.id ?? '';
    const stranger = await consoleContext(test, (await activeOperator(test)).secret);
    expect(await codeOf(deleteConsoleSession.execute(stranger, { session_id }))).toBe('not_found');
    await deleteConsoleSession.execute(own, { session_id });
    expect([await inConsole(test, other), await inConsole(test, secret)]).toEqual([null, expect.anything()]);
    await endSessionsOfOperator.execute(test.as(admin()), { operator_id });
    expect(await inConsole(test, secret)).toBeNull();
  });

  it('ends at sign-out, at another sign-in of the browser and with the operator', async () => {
    const { id: operator_id, email, secret } = await activeOperator(test);
    const from = await consoleContext(test, secret);
    const second = await secretOf(test, (context) => consoleLogout.execute(context, {}), from);
    expect([second, await inConsole(test, secret)]).toEqual(['', null]);
    const third = await consoleSignIn(test, email);
    await disableOperator.execute(test.as(admin()), { operator_id });
    expect(await inConsole(test, third)).toBeNull();
    await enableOperator.execute(test.as(admin()), { operator_id });
    expect(await inConsole(test, third)).toBeNull();
  });

  it('has the current role and portals of its operator', async () => {
    const { id: operator_id, secret } = await activeOperator(test);
    const portal_ids = [await test.portal()];
    await updateOperator.execute(test.as(admin()), { operator_id, role: 'viewer', portal_ids });
    expect(await inConsole(test, secret)).toMatchObject({ role: 'viewer', portalIds: portal_ids });
  });

  it('is counted for each operator: the fifty-first ends the oldest', async () => {
    const { email, secret } = await activeOperator(test);
    for (let made = 1; made < 50; made += 1) await consoleSignIn(test, email);
    expect(await inConsole(test, secret)).not.toBeNull();
    await consoleSignIn(test, email);
    expect(await inConsole(test, secret)).toBeNull();
  });
});

describe('a password', () => {
  it('is reset by a mailed link, which ends all sessions', async () => {
    const { email, secret } = await activeOperator(test);
    const forgot = (to: string) => forgotConsolePassword.execute(test.as(anonymous), { email: to });
    expect(await forgot(email)).toEqual(await forgot('unknown@example.org'));
    const token = await linkTokenTo(test, 'operator_password_reset', email);
    const reset = (now?: Date) =>
      codeOf(resetConsolePassword.execute(test.as(anonymous, now), { token, password: NEW }));
    expect(await reset(after(61))).toBe('invalid_link');
    expect(await codeOf(acceptConsoleInvitation.execute(test.as(anonymous), { token, password: NEW }))).toBe(
      'invite_expired',
    );
    expect(await reset()).toBe('none');
    expect(await reset()).toBe('invalid_link');
    expect(await inConsole(test, secret)).toBeNull();
    expect(await codeOf(consoleSignIn(test, email, { password: NEW }))).toBe('none');
  });

  it('is changed in a session, which is replaced', async () => {
    const { email, secret } = await activeOperator(test);
    const other = await consoleSignIn(test, email);
    const own = await consoleContext(test, secret);
    const change = (current_password: string) =>
      secretOf(test, (context) => changeConsolePassword.execute(context, { current_password, new_password: NEW }), own);
    expect(await codeOf(change('wrong'))).toBe('wrong_password');
    const next = await change(PASSWORD);
    expect(await Promise.all([secret, other].map((each) => inConsole(test, each)))).toEqual([null, null]);
    expect(await inConsole(test, next)).not.toBeNull();
    const token = changeConsolePassword.execute(test.as(admin()), { current_password: NEW, new_password: PASSWORD });
    expect(await codeOf(token)).toBe('forbidden');
  });

  it('is not changed by an operator who has just been disabled, so that no session begins', async () => {
    const { id: operator_id, secret } = await activeOperator(test);
    const remembered = await consoleContext(test, secret);
    await disableOperator.execute(test.as(admin()), { operator_id });
    const input = { current_password: PASSWORD, new_password: NEW };
    expect(await codeOf(changeConsolePassword.execute(remembered, input))).toBe('unauthenticated');
    expect(await test.rows('select 1 from operator_session where operator_id = ?', [operator_id])).toEqual([]);
  });
});

it('the audit log names the operator', async () => {
  const { id, secret } = await activeOperator(test, { role: 'owner' });
  const own = await consoleContext(test, secret);
  const made = await createToken.execute(own, { kind: 'admin', name: 'theirs' });
  const { list } = await listAudit.execute(own, { resource_id: made.id });
  expect(list).toMatchObject([{ name: 'token.created', actor: { kind: 'operator', id, on_behalf_of: null } }]);
});
