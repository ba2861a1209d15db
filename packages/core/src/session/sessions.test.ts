import { GatehouseError } from '@gatehouse/contract/errors';
import { describe, expect, it } from 'vitest';
import type { Context } from '../kernel/context.ts';
import { deleteDeveloper } from '../developer/delete-developer.ts';
import { inviteDeveloper } from '../developer/invite-developer.ts';
import { suspendDeveloper } from '../developer/suspend-developer.ts';
import { admin, codeOf, coreTest, PASSWORD, worker } from '../testing/core-test.ts';
import { inPersonAs, registered, signedIn, signIn } from '../testing/in-person.ts';
import { changePassword } from '../auth/change-password.ts';
import { login } from '../auth/login.ts';
import { deleteSession } from '../me/delete-session.ts';
import { logout } from '../auth/logout.ts';
import { listSessions } from '../me/list-sessions.ts';
import { trimSessions } from './trim-sessions.ts';

const test = coreTest();
const HOUR = 3_600_000;
const later = (hours: number) => new Date(Date.now() + hours * HOUR);

const sessionOf = ({ actor }: Context): string => (actor.kind === 'developer' ? actor.sessionId : '');

const invite = (portal_id: string, username = 'grace') =>
  inviteDeveloper.execute(test.as(admin()), { portal_id, username, password: PASSWORD });

describe('a sign-in', () => {
  it('begins a session whose token is stored as a hash, and records an event', async () => {
    const { portal_id, token, developer, expires_at, must_change_password } = await signedIn(test);
    expect(token).toMatch(/^gts_[\w-]{43}$/);
    expect({ username: developer.username, must_change_password }).toEqual({
      username: 'ada',
      must_change_password: false,
    });
    expect(Date.parse(expires_at) - Date.now()).toBeCloseTo(7 * 24 * HOUR, -5);
    const kept = await test.rows('select * from session');
    expect(JSON.stringify(kept)).not.toContain(token);
    const [event] = await test.rows(
      `select actor_kind, actor_id, resource_type from event where portal_id = ? and name = 'session.created'`,
      [portal_id],
    );
    expect(event).toEqual({ actor_kind: 'developer', actor_id: developer.developer_id, resource_type: 'session' });
    const now = later(1);
    await signIn(test, portal_id, { username: 'ada', now });
    const [row] = await test.rows<{ at: string }>('select last_active_at as at from developer where id = ?', [
      developer.id,
    ]);
    expect(new Date(row?.at ?? '')).toEqual(now);
  });

  it('ignores the case of the username, and accepts a verified address if the portal allows it', async () => {
    const { portal_id } = await signedIn(test);
    const by = (username: string) => codeOf(signIn(test, portal_id, { username }));
    expect(await by('ADA')).toBe('none');
    expect(await by('ada@example.org')).toBe('invalid_login');
    await test.rows('update developer set email_verified = true where portal_id = ? returning 1', [portal_id]);
    expect(await by('Ada@Example.org')).toBe('none');
    await test.rows(
      `update portal set settings = jsonb_set(settings, '{login_with_email}', 'false') where id = ? returning 1`,
      [portal_id],
    );
    expect(await by('ada@example.org')).toBe('invalid_login');
  });

  it('fails alike for an unknown name, a wrong password, another portal and an account without a password', async () => {
    const { portal_id } = await signedIn(test);
    const other = await test.portal();
    await invite(portal_id, 'sso');
    await test.rows(`update developer set password_hash = null where username = 'sso' returning 1`);
    const answers = await Promise.all([
      signIn(test, portal_id, { username: 'nobody' }).catch((error: unknown) => error),
      signIn(test, portal_id, { username: 'ada', password: 'wrong' }).catch((error: unknown) => error),
      signIn(test, other, { username: 'ada' }).catch((error: unknown) => error),
      signIn(test, portal_id, { username: 'sso' }).catch((error: unknown) => error),
    ]);
    expect(new Set(answers.map((error) => (error instanceof GatehouseError ? error.message : error)))).toEqual(
      new Set(['The username or password is incorrect.']),
    );
    expect(await codeOf(signIn(test, '0190f3a0-0000-7000-8000-000000000000', { username: 'ada' }))).toBe('not_found');
  });

  it('explains why the account is blocked only after the correct password', async () => {
    const portal_id = await test.portal({ registration_auto_approval: true, require_verified_email: true });
    await registered(test, portal_id, 'ada');
    const code = (password?: string) =>
      codeOf(signIn(test, portal_id, { username: 'ada', ...(password ? { password } : {}) }));
    expect([await code(), await code('wrong')]).toEqual(['email_not_verified', 'invalid_login']);
    await test.rows(`update developer set email_verified = true, state = 'Suspended' where portal_id = ? returning 1`, [
      portal_id,
    ]);
    expect([await code(), await code('wrong')]).toEqual(['developer_not_active', 'invalid_login']);
  });

  it('accepts an address that an admin has set as verified', async () => {
    const portal_id = await test.portal({ require_verified_email: true });
    await inviteDeveloper.execute(test.as(admin()), {
      portal_id,
      username: 'grace',
      password: PASSWORD,
      email: 'grace@example.org',
    });
    expect(await codeOf(signIn(test, portal_id, { username: 'grace' }))).toBe('none');
  });
});

describe('a sign-in during a session', () => {
  it('ends that session for any developer, but not after a wrong password', async () => {
    const { portal_id, as } = await signedIn(test);
    await registered(test, portal_id, 'bob');
    const loginWith = async (password: string) => login.execute(await as(), { portal_id, username: 'bob', password });
    expect(await codeOf(loginWith('wrong'))).toBe('invalid_login');
    const ended = sessionOf(await as());
    expect(await codeOf(inPersonAs(test, (await loginWith(PASSWORD)).token))).toBe('none');
    expect(await codeOf(as())).toBe('unauthenticated');
    const events = await test.rows(`select resource_id from event where portal_id = ? and name = 'session.deleted'`, [
      portal_id,
    ]);
    expect(events).toEqual([{ resource_id: ended }]);
  });
});

describe('a session', () => {
  it('ends after 12 idle hours, and after 7 days in any case', async () => {
    const { portal_id, as } = await signedIn(test);
    for (let hours = 11; hours < 7 * 24; hours += 11) expect(await codeOf(as(later(hours)))).toBe('none');
    expect(await codeOf(as(later(7 * 24)))).toBe('unauthenticated');
    const idle = await signIn(test, portal_id, { username: 'ada' });
    expect(await codeOf(inPersonAs(test, idle.token, later(11.9)))).toBe('none');
    expect(await codeOf(inPersonAs(test, idle.token, later(24)))).toBe('unauthenticated');
  });

  it('records its last use and the last activity of the developer at most once a minute', async () => {
    const { token } = await signedIn(test);
    const at = async (seconds: number) => {
      await inPersonAs(test, token, new Date(Date.now() + seconds * 1000));
      const [row] = await test.rows<{ last: string; active: string }>(
        `select max(s.last_used_at)::text as last, max(d.last_active_at)::text as active
         from session s join developer d on d.id = s.developer_uid where s.token_hash = encode(sha256(?::bytea), 'hex')`,
        [token],
      );
      return row;
    };
    const [first, second, third] = [await at(0), await at(30), await at(90)];
    expect(second).toEqual(first);
    expect(third?.last).not.toBe(first?.last);
    expect(third?.active).toBe(third?.last);
  });

  it('is deleted after it has ended', async () => {
    const { developer, as } = await signedIn(test);
    const left = () => test.rows('select 1 from session where developer_uid = ?', [developer.id]);
    await trimSessions(test.as(worker));
    expect(await codeOf(as())).toBe('none');
    expect(await left()).toHaveLength(1);
    await trimSessions(test.as(worker, later(13)));
    expect(await left()).toEqual([]);
  });

  it.each([`expires_at = now() - interval '61 s'`, `last_used_at = now() - interval '12 hours 1 minute'`])(
    'is not listed once it has ended: %s',
    async (ended) => {
      const { portal_id, developer, as } = await signedIn(test);
      const { token } = await signIn(test, portal_id, { username: 'ada' });
      const me = await as();
      expect((await listSessions.execute(me, {})).total).toBe(2);
      await test.rows(`update session set ${ended} where developer_uid = ? and id <> ? returning 1`, [
        developer.id,
        sessionOf(me),
      ]);
      expect(await codeOf(inPersonAs(test, token))).toBe('unauthenticated');
      expect(await listSessions.execute(me, {})).toMatchObject({ total: 1, list: [{ current: true }] });
    },
  );

  it('does not work for a suspended developer, even if it still exists', async () => {
    const { developer, as } = await signedIn(test);
    await test.rows(`update developer set state = 'Suspended' where id = ? returning 1`, [developer.id]);
    expect(await codeOf(as())).toBe('unauthenticated');
  });

  it('can be listed and ended by its developer only', async () => {
    const { portal_id, token, as } = await signedIn(test);
    const elsewhere = await signIn(test, portal_id, { username: 'ada' });
    await registered(test, portal_id, 'bob');
    const bob = await inPersonAs(test, (await signIn(test, portal_id, { username: 'bob' })).token);
    const { list, total } = await listSessions.execute(await as(), {});
    expect([total, list.map(({ current }) => current)]).toEqual([2, [false, true]]);
    const session_id = list[0]?.id ?? '';
    expect(await codeOf(deleteSession.execute(bob, { session_id }))).toBe('not_found');
    expect(await codeOf(deleteSession.execute(await as(), { session_id }))).toBe('none');
    expect(await codeOf(deleteSession.execute(await as(), { session_id }))).toBe('not_found');
    expect(await codeOf(inPersonAs(test, elsewhere.token))).toBe('unauthenticated');
    expect(await codeOf(logout.execute(await as(), { portal_id: await test.portal() }))).toBe('not_found');
    await logout.execute(await as(), { portal_id });
    expect(await codeOf(inPersonAs(test, token))).toBe('unauthenticated');
  });

  it.each([
    ['suspended', suspendDeveloper],
    ['deleted', deleteDeveloper],
  ])('ends immediately when its developer is %s', async (_, useCase) => {
    const { portal_id, developer, as } = await signedIn(test);
    await useCase.execute(test.as(admin()), { portal_id, developer_id: developer.developer_id });
    expect(await codeOf(as())).toBe('unauthenticated');
  });

  it('does not work again when a suspension ends', async () => {
    const { portal_id, developer, as } = await signedIn(test);
    await suspendDeveloper.execute(test.as(admin()), { portal_id, developer_id: developer.developer_id });
    await test.rows(`update developer set state = 'Active' where portal_id = ? returning 1`, [portal_id]);
    expect(await codeOf(as())).toBe('unauthenticated');
  });
});

describe('concurrent sign-ins', () => {
  it('leave no session after a suspension', async () => {
    const { portal_id, developer } = await signedIn(test);
    const [, ...logins] = await Promise.allSettled([
      suspendDeveloper.execute(test.as(admin()), { portal_id, developer_id: developer.developer_id }),
      ...Array.from({ length: 5 }, () => signIn(test, portal_id, { username: 'ada' })),
    ]);
    expect(logins).toHaveLength(5);
    expect(await test.rows('select 1 from session where developer_uid = ?', [developer.id])).toEqual([]);
  });

  it('beyond the queue limit are refused, while registrations still work', async () => {
    const { portal_id } = await signedIn(test);
    const flood = Array.from({ length: 60 }, () => codeOf(signIn(test, portal_id, { username: 'x', password: 'y' })));
    expect(await codeOf(registered(test, portal_id, 'meanwhile'))).toBe('none');
    const codes = await Promise.all(flood);
    expect(new Set(codes)).toEqual(new Set(['invalid_login', 'overloaded']));
  });
});

describe('a change of the password', () => {
  it('ends every other session, and gives the current one a new token', async () => {
    const { portal_id, as, ...before } = await signedIn(test);
    const elsewhere = await signIn(test, portal_id, { username: 'ada' });
    const change = { portal_id, current_password: PASSWORD, new_password: 'another horse battery staple' };
    const asked = await as();
    const { token, ...after } = await changePassword.execute(asked, change);
    expect(token).toMatch(/^gts_[\w-]{43}$/);
    expect(after).toMatchObject({ must_change_password: false, developer: { username: 'ada' } });
    expect(after.expires_at).toBe(before.expires_at);
    for (const ended of [elsewhere.token, before.token])
      expect(await codeOf(inPersonAs(test, ended))).toBe('unauthenticated');
    expect((await inPersonAs(test, token)).actor).toMatchObject({ sessionId: sessionOf(asked) });
    const [event] = await test.rows(
      `select actor_kind, changed from event where portal_id = ? and name = 'developer.password_changed'`,
      [portal_id],
    );
    expect(event).toEqual({ actor_kind: 'developer', changed: ['password'] });
  });

  it('rejects a password that contains a name or an address of the account', async () => {
    const { portal_id, developer, as } = await signedIn(test);
    await test.rows(`update developer set email = 'countess.lovelace@example.org' where id = ? returning 1`, [
      developer.id,
    ]);
    const me = await as();
    for (const new_password of ['ada 1815-12-10 1852', 'Countess.Lovelace', 'countess.lovelace@example.org'])
      expect([
        new_password,
        await codeOf(changePassword.execute(me, { portal_id, current_password: PASSWORD, new_password })),
      ]).toEqual([new_password, 'password_too_common']);
  });

  it('has a single winner among concurrent calls', async () => {
    const { portal_id, as } = await signedIn(test);
    const me = await as();
    const codes = await Promise.all(
      Array.from({ length: 5 }, (_, n) =>
        codeOf(
          changePassword.execute(me, {
            portal_id,
            current_password: PASSWORD,
            new_password: `${PASSWORD} ${String(n)}`,
          }),
        ),
      ),
    );
    expect(codes.filter((code) => code === 'none')).toHaveLength(1);
    for (const code of codes) expect(['none', 'illegal_state', 'wrong_password']).toContain(code);
  });
});
