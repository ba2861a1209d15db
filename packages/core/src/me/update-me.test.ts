import { EmailId } from '@gatehouse/contract/ids';
import { expect, it } from 'vitest';
import { updateDeveloper } from '../developer/update-developer.ts';
import { composeEmail } from '../testing/compose-email.ts';
import { verifyEmail } from '../auth/verify-email.ts';
import { admin, anonymous, codeOf, coreTest, PASSWORD, worker } from '../testing/core-test.ts';
import { inPersonAs, linkTokenTo, registered, signIn } from '../testing/in-person.ts';
import { updateMe } from './update-me.ts';

const test = coreTest();
const current_password = PASSWORD;

let count = 0;
/** A developer with a verified address. */
async function someone(settings: object = {}) {
  count += 1;
  const username = `ada${String(count)}`;
  const email = `${username}@example.org`;
  const portal_id = await test.portal({ registration_auto_approval: true, ...settings });
  await registered(test, portal_id, username);
  const link = await linkTokenTo(test, 'verify_email', email);
  await verifyEmail.execute(test.as(anonymous), { portal_id, token: link });
  const { token, developer } = await signIn(test, portal_id, { username });
  return {
    portal_id,
    email,
    developer,
    update: async (patch: object) => updateMe.execute(await inPersonAs(test, token), patch),
  };
}

const noticesIn = (portal_id: string) =>
  test.rows<{ id: string; to: string }>(
    `select id, "to" from email where portal_id = ? and kind = 'email_changed' order by id`,
    [portal_id],
  );

it('notifies the verified address of a requested change, without the new address', async () => {
  const { portal_id, email, update } = await someone();
  const other = `new.${email}`;
  await update({ name: 'Ada L.' });
  expect(await noticesIn(portal_id)).toEqual([]);
  expect(await update({ email: other, current_password })).toMatchObject({
    email,
    email_verified: true,
    pending_email: other,
  });
  const [notice, ...more] = await noticesIn(portal_id);
  expect([notice?.to, more]).toEqual([email, []]);
  const mail = await composeEmail(test.as(worker), EmailId.parse(notice?.id ?? ''));
  expect(mail).toMatchObject({ subject: 'Your email address is being changed' });
  expect(JSON.stringify(mail)).not.toContain(other);
  // Setting the current address cancels the change and needs no password.
  expect(await update({ email })).toMatchObject({ email, email_verified: true, pending_email: null });
  expect(await noticesIn(portal_id)).toHaveLength(1);
});

it('notifies an address that an admin has set', async () => {
  const { portal_id, developer, update } = await someone();
  const set = `set.${developer.username}@example.org`;
  await updateDeveloper.execute(test.as(admin()), { portal_id, developer_id: developer.developer_id, email: set });
  await update({ email: `own.${set}`, current_password });
  expect((await noticesIn(portal_id)).map(({ to }) => to)).toEqual([set]);
});

it('removes the address only with the password, and notifies it', async () => {
  const { portal_id, email, update } = await someone();
  expect(await codeOf(update({ email: null }))).toBe('invalid_input');
  expect(await codeOf(update({ email: null, current_password: 'wrong' }))).toBe('wrong_password');
  expect(await update({ email: null, current_password })).toMatchObject({ email: null, email_verified: false });
  expect((await noticesIn(portal_id)).map(({ to }) => to)).toEqual([email]);
  expect(await update({ email: null })).toMatchObject({ email: null });
  expect(await update({ email, current_password })).toMatchObject({ email: null, pending_email: email });
});

it.each([{ require_verified_email: true }, { allowed_email_domains: ['example.org'] }])(
  'rejects the removal of the address if the portal requires one: %j',
  async (settings) => {
    const { portal_id, update } = await someone(settings);
    expect(await codeOf(update({ email: null, current_password }))).toBe('invalid_input');
    expect(await noticesIn(portal_id)).toEqual([]);
  },
);
