import { expect, test } from 'vitest';
import { deleteDeveloper } from '../developer/delete-developer.ts';
import { suspendDeveloper } from '../developer/suspend-developer.ts';
import { deleteMe } from '../me/delete-me.ts';
import { updateMe } from '../me/update-me.ts';
import { admin, codeOf, coreTest, PASSWORD } from '../testing/core-test.ts';
import { inPersonAs, registered, signIn } from '../testing/in-person.ts';
import { newProvider } from '../testing/provider.ts';
import { deleteLoginOption } from '../login-option/delete-login-option.ts';
import { updateLoginOption } from '../login-option/update-login-option.ts';

const core = coreTest();
const as = () => core.as(admin());
const provider = (given: Parameters<typeof newProvider>[1] = {}) => newProvider(core, given);

test('suspension ends sessions and blocks sign-in, and deletion removes the identity', async () => {
  const { come, portal_id } = await provider();
  const { developer, token } = await come();
  const ref = { portal_id, developer_id: developer.developer_id };
  await suspendDeveloper.execute(as(), ref);
  expect(await codeOf(inPersonAs(core, token))).toBe('unauthenticated');
  expect(await codeOf(come())).toBe('developer_not_active');
  await deleteDeveloper.execute(as(), ref);
  expect(
    await core.rows('select 1 from identity i join developer d on d.id = i.developer_uid where d.portal_id = ?', [
      portal_id,
    ]),
  ).toEqual([]);
  const again = await come();
  expect(again.developer.id).not.toBe(developer.id);
});

test('disabling or deleting a login option blocks sign-in and ends its sessions', async () => {
  const { come, ref, portal_id } = await provider({ settings: { registration_auto_approval: true } });
  await registered(core, portal_id, 'bob');
  const builtIn = await signIn(core, portal_id, { username: 'bob' });
  const first = await come();
  await updateLoginOption.execute(as(), { ...ref, disable: true });
  expect(await codeOf(inPersonAs(core, first.token))).toBe('unauthenticated');
  expect(await codeOf(come())).toBe('not_found');
  await updateLoginOption.execute(as(), { ...ref, disable: false });
  const second = await come();
  await deleteLoginOption.execute(as(), ref);
  expect(await codeOf(inPersonAs(core, second.token))).toBe('unauthenticated');
  expect(await codeOf(come())).toBe('not_found');
  expect(await codeOf(inPersonAs(core, builtIn.token))).toBe('none');
});

test('no session survives if sign-ins race with disabling the login option', async () => {
  const { come, ref } = await provider();
  await come();
  for (let round = 0; round < 5; round += 1) {
    await Promise.allSettled([come(), updateLoginOption.execute(as(), { ...ref, disable: true }), come()]);
    const left = await core.rows('select 1 from session where login_option_id = ?', [ref.login_option_id]);
    expect(left).toEqual([]);
    await updateLoginOption.execute(as(), { ...ref, disable: false });
  }
});

test('a developer of an identity provider can change the name, but not the address', async () => {
  const { come } = await provider();
  const { token } = await come();
  const change = updateMe.execute(await inPersonAs(core, token), {
    email: 'new@example.org',
    current_password: PASSWORD,
  });
  expect(await codeOf(change)).toBe('illegal_state');
  const renamed = await updateMe.execute(await inPersonAs(core, token), { name: 'Other', email: 'ada@example.org' });
  expect(renamed).toMatchObject({ name: 'Other', email_verified: true });
});

test('a developer without a password can delete the account only soon after signing in', async () => {
  const { come } = await provider();
  const { token } = await come();
  const later = new Date(Date.now() + 6 * 60_000);
  expect(await codeOf(deleteMe.execute(await inPersonAs(core, token, later), {}))).toBe('sign_in_again');
  expect(await codeOf(deleteMe.execute(await inPersonAs(core, token, later), { password: PASSWORD }))).toBe(
    'sign_in_again',
  );
  expect(await codeOf(deleteMe.execute(await inPersonAs(core, token), {}))).toBe('none');
});
