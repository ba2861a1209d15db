import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { admin, codeOf, coreTest, worker } from '../testing/core-test.ts';
import { inPersonAs, registered, signIn } from '../testing/in-person.ts';
import { meanwhile } from '../testing/meanwhile.ts';
import { newProvider } from '../testing/provider.ts';
import { listLoginOptions } from '../login-option/list-login-options.ts';
import { loginByRedirect } from './login-by-redirect.ts';
import { updateLoginOption } from '../login-option/update-login-option.ts';

const core = coreTest();
const CLAIMS = {
  subject: 'sub-1',
  username: 'ada',
  email: 'ada@example.org',
  emailVerified: true,
  name: 'Ada L.',
  once: null,
};
const NOW = new Date('2026-03-01T10:00:00Z');

test('a login option cannot be used at another portal', async () => {
  const { come, ref } = await newProvider(core);
  const portal_id = await core.portal();
  const there = () => loginByRedirect.execute(core.as(worker), { ...ref, portal_id, claims: CLAIMS, replaces: null });
  expect(await codeOf(there())).toBe('not_found');
  await come(CLAIMS);
  expect(await codeOf(there())).toBe('not_found');
  expect(await core.rows('select 1 from developer where portal_id = ?', [portal_id])).toEqual([]);
});

test('the hash of a provider response is stored for an hour', async () => {
  const { come, ref } = await newProvider(core);
  await come({ once: 'an answer' }, { now: NOW });
  const rows = await core.rows<{ hash: string; expires_at: Date }>(
    'select hash, expires_at from sso_answer where login_option_id = ?',
    [ref.login_option_id],
  );
  expect(rows.map(({ hash: kept }) => kept)).toEqual([hash('sha256', 'an answer')]);
  expect(rows.map(({ expires_at }) => new Date(expires_at).getTime() - NOW.getTime())).toEqual([3_600_000]);
});

test('each sign-in updates the time of the last sign-in', async () => {
  const { come, ref } = await newProvider(core);
  const later = new Date(NOW.getTime() + 60_000);
  await come({}, { now: NOW });
  await come({}, { now: later });
  const rows = await core.rows<{ created_at: Date; last_login_at: Date }>(
    'select created_at, last_login_at from identity where login_option_id = ?',
    [ref.login_option_id],
  );
  expect(rows.map((row) => [new Date(row.created_at), new Date(row.last_login_at)])).toEqual([[NOW, later]]);
});

test('a sign-in fails if the developer is suspended or deleted at the same time', async () => {
  const { come, portal_id } = await newProvider(core);
  const { developer } = await come();
  const suspend = `update developer set state = 'Suspended' where id = ?`;
  expect(await meanwhile(core, (em) => em.execute(suspend, [developer.id]), come)).toBe('developer_not_active');
  await core.rows(`update developer set state = 'Active' where id = ? returning 1`, [developer.id]);
  const leave = 'update developer set left_at = now() where id = ?';
  expect(await meanwhile(core, (em) => em.execute(leave, [developer.id]), come)).toBe('sign_in_refused');
  const sessions = 'select 1 from session s join developer d on d.id = s.developer_uid where d.portal_id = ?';
  expect(await core.rows(sessions, [portal_id])).toHaveLength(1);
});

test('a sign-in by password fails if passwords are disabled at the same time', async () => {
  const portal_id = await core.portal({ registration_auto_approval: true });
  await registered(core, portal_id, 'ada');
  const disable = `update login_option set disable = true where portal_id = ? and provider_type = 'built_in'`;
  const code = await meanwhile(
    core,
    (em) => em.execute(disable, [portal_id]),
    () => signIn(core, portal_id, { username: 'ada' }),
  );
  expect(code).toBe('login_option_disabled');
});

test('disabling passwords keeps the sessions that began with a provider', async () => {
  const { come, portal_id } = await newProvider(core, { settings: { registration_auto_approval: true } });
  const { token } = await come();
  await registered(core, portal_id, 'bob');
  const byPassword = await signIn(core, portal_id, { username: 'bob' });
  const as = core.as(admin());
  const { list } = await listLoginOptions.execute(as, { portal_id, provider_type: 'built_in' });
  await updateLoginOption.execute(as, { portal_id, login_option_id: list[0]?.id ?? '', disable: true });
  expect(await codeOf(inPersonAs(core, token))).toBe('none');
  expect(await codeOf(inPersonAs(core, byPassword.token))).toBe('unauthenticated');
});
