import { EmailId } from '@gatehouse/contract/ids';
import { describe, expect, it } from 'vitest';
import { deleteDeveloper } from '../developer/delete-developer.ts';
import { inviteDeveloper } from '../developer/invite-developer.ts';
import { suspendDeveloper } from '../developer/suspend-developer.ts';
import { updateDeveloper } from '../developer/update-developer.ts';
import { composeEmail } from '../testing/compose-email.ts';
import { getEmail } from '../email/get-email.ts';
import { forgotPassword } from '../auth/forgot-password.ts';
import { resetPassword } from '../auth/reset-password.ts';
import { trimEmailUndos } from '../auth/trim-email-undos.ts';
import { undoEmailChange } from '../auth/undo-email-change.ts';
import { verifyEmail } from '../auth/verify-email.ts';
import { admin, anonymous, codeOf, coreTest, PASSWORD, worker } from '../testing/core-test.ts';
import { inPersonAs, linkTokenTo, registered, signIn } from '../testing/in-person.ts';
import { getMe } from './get-me.ts';
import { mailVerification } from './mail-verification.ts';
import { updateMe } from './update-me.ts';

const test = coreTest();
const DAY = 86_400_000;
const after = (days: number) => new Date(Date.now() + days * DAY);
const NEW_PASSWORD = 'another horse battery staple';

let count = 0;
/** An active, signed-in developer. The address is verified unless `verified` is false. */
async function someone({ verified = true } = {}) {
  count += 1;
  const username = `ada${String(count)}`;
  const email = `${username}@example.org`;
  const portal_id = await test.portal({ registration_auto_approval: true });
  await registered(test, portal_id, username);
  if (verified) await verify(portal_id, await linkTokenTo(test, 'verify_email', email));
  const { token, developer } = await signIn(test, portal_id, { username });
  const as = () => inPersonAs(test, token);
  return {
    portal_id,
    username,
    email,
    ref: { portal_id, developer_id: developer.developer_id },
    as,
    change: async (to: string | null) => updateMe.execute(await as(), { email: to, current_password: PASSWORD }),
    me: async () => getMe.execute(await as(), {}),
  };
}

const verify = (portal_id: string, token: string) =>
  codeOf(verifyEmail.execute(test.as(anonymous), { portal_id, token }));
const undo = (portal_id: string, token: string, now?: Date) =>
  codeOf(undoEmailChange.execute(test.as(anonymous, now), { portal_id, token }));
const record = async (portal_id: string, username: string) => {
  const [row] = await test.rows<{ email: string | null; pending_email: string | null; email_verified: boolean }>(
    'select email, pending_email, email_verified from developer where portal_id = ? and username = ?',
    [portal_id, username],
  );
  return row;
};

describe('a pending address', () => {
  it('replaces the address when its link is used, and replaces an earlier pending address', async () => {
    const { portal_id, email, change, me } = await someone();
    const [first, second] = [`first.${email}`, `second.${email}`];
    await change(first);
    const older = await linkTokenTo(test, 'verify_email', first);
    expect(await change(second)).toMatchObject({ email, email_verified: true, pending_email: second });
    expect(await verify(portal_id, older)).toBe('invalid_link');
    expect(await codeOf(signIn(test, portal_id, { username: email }))).toBe('none');
    const newer = await linkTokenTo(test, 'verify_email', second);
    expect(await verify(portal_id, newer)).toBe('none');
    expect(await verify(portal_id, newer)).toBe('invalid_link');
    expect(await me()).toMatchObject({ email: second, email_verified: true, pending_email: null });
    expect(await codeOf(signIn(test, portal_id, { username: email }))).toBe('invalid_login');
    const events = await test.rows(
      `select changed from event where portal_id = ? and 'email' = any(changed) and name = 'developer.email_verified'`,
      [portal_id],
    );
    expect(events).toEqual([{ changed: ['email', 'pending_email', 'email_verified'] }]);
  });

  it('is not confirmed by a link to the current address', async () => {
    const { portal_id, email, username, change } = await someone({ verified: false });
    await change(`victim.${email}`);
    // The developer verifies the current address while another one is pending.
    await forgotPassword.execute(test.as(anonymous), { portal_id, email });
    expect(await verify(portal_id, await linkTokenTo(test, 'verify_email', email))).toBe('none');
    expect(await record(portal_id, username)).toMatchObject({ email, pending_email: `victim.${email}` });
  });

  it('can get another link, and can be cancelled', async () => {
    const { portal_id, email, as, change, me } = await someone();
    const pending = `new.${email}`;
    await change(pending);
    const link = await linkTokenTo(test, 'verify_email', pending);
    await mailVerification.execute(await as(), { email: pending.toUpperCase() });
    const sent = await test.rows(`select 1 from email where kind = 'verify_email' and "to" = ?`, [pending]);
    expect(sent).toHaveLength(2);
    expect(await codeOf(mailVerification.execute(await as(), { email }))).toBe('illegal_state');
    await updateMe.execute(await as(), { email });
    expect(await me()).toMatchObject({ email, pending_email: null });
    expect(await verify(portal_id, link)).toBe('invalid_link');
    expect(await codeOf(mailVerification.execute(await as(), { email: pending }))).toBe('invalid_input');
  });

  it('ends when a link resets the password or an admin sets the address, and fails if it is taken', async () => {
    const one = await someone();
    await one.change(`new.${one.email}`);
    await forgotPassword.execute(test.as(anonymous), { portal_id: one.portal_id, email: one.email });
    const token = await linkTokenTo(test, 'password_reset', one.email);
    await resetPassword.execute(test.as(anonymous), { portal_id: one.portal_id, token, password: NEW_PASSWORD });
    expect(await record(one.portal_id, one.username)).toMatchObject({ email: one.email, pending_email: null });

    const other = await someone();
    await other.change(`new.${other.email}`);
    const undoLink = await linkTokenTo(test, 'email_changed', other.email);
    await updateDeveloper.execute(test.as(admin()), { ...other.ref, email: `set.${other.email}` });
    expect(await other.me()).toMatchObject({ email: `set.${other.email}`, pending_email: null });
    expect(await undo(other.portal_id, undoLink)).toBe('invalid_link');

    const late = await someone();
    const wanted = `new.${late.email}`;
    await late.change(wanted);
    const link = await linkTokenTo(test, 'verify_email', wanted);
    const { portal_id } = late;
    await inviteDeveloper.execute(test.as(admin()), {
      portal_id,
      username: 'owner',
      email: wanted,
      password: PASSWORD,
    });
    expect(await verify(portal_id, link)).toBe('email_taken');
    expect(await late.me()).toMatchObject({ email: late.email, pending_email: wanted });
  });
});

describe('the undo link in the mail to the former address', () => {
  it('cancels a pending change and ends every session', async () => {
    const { portal_id, username, email, as, change } = await someone();
    await change(`new.${email}`);
    const confirmation = await linkTokenTo(test, 'verify_email', `new.${email}`);
    const token = await linkTokenTo(test, 'email_changed', email);
    expect(await undo(await test.portal(), token)).toBe('invalid_link');
    expect(await undo(portal_id, `${token.slice(0, -2)}xx`)).toBe('invalid_link');
    expect(await undo(portal_id, token)).toBe('none');
    expect(await record(portal_id, username)).toEqual({ email, pending_email: null, email_verified: true });
    expect(await codeOf(as())).toBe('unauthenticated');
    expect(await verify(portal_id, confirmation)).toBe('invalid_link');
    // Pressed twice.
    expect(await undo(portal_id, token)).toBe('none');
    const events = await test.rows(
      `select actor_kind, changed from event where portal_id = ? and name = 'developer.email_change_undone'`,
      [portal_id],
    );
    expect(events).toEqual([{ actor_kind: 'developer', changed: ['email', 'pending_email', 'email_verified'] }]);
  });

  it('is answered as used only while the account has that address, and does not work for a later change', async () => {
    const { portal_id, username, email, change, as } = await someone();
    await change(`new.${email}`);
    const first = await linkTokenTo(test, 'email_changed', email);
    expect(await undo(portal_id, first)).toBe('none');
    const { token } = await signIn(test, portal_id, { username });
    await updateMe.execute(await inPersonAs(test, token), { email: `next.${email}`, current_password: PASSWORD });
    const second = await linkTokenTo(test, 'email_changed', email);
    expect(await undo(portal_id, first)).toBe('invalid_link');
    await verify(portal_id, await linkTokenTo(test, 'verify_email', `next.${email}`));
    expect(await undo(portal_id, second)).toBe('none');
    expect(await undo(portal_id, second)).toBe('none');
    expect(await codeOf(as())).toBe('unauthenticated');
  });

  it.each(['confirmed', 'removed'])('restores the address for seven days after it was %s', async (how) => {
    const { portal_id, username, email, change } = await someone();
    await change(how === 'removed' ? null : `new.${email}`);
    if (how === 'confirmed') await verify(portal_id, await linkTokenTo(test, 'verify_email', `new.${email}`));
    const token = await linkTokenTo(test, 'email_changed', email);
    expect(await undo(portal_id, token, after(7.1))).toBe('invalid_link');
    expect(await undo(portal_id, token, after(6.9))).toBe('none');
    expect(await record(portal_id, username)).toEqual({ email, pending_email: null, email_verified: true });
  });

  it('works after several changes, and ends the links to later addresses', async () => {
    const { portal_id, username, email, change } = await someone();
    const thief = `thief.${email}`;
    await change(thief);
    const owners = await linkTokenTo(test, 'email_changed', email);
    await verify(portal_id, await linkTokenTo(test, 'verify_email', thief));
    await change(null);
    const thiefs = await linkTokenTo(test, 'email_changed', thief);
    expect(await undo(portal_id, owners)).toBe('none');
    expect(await undo(portal_id, thiefs)).toBe('invalid_link');
    expect(await record(portal_id, username)).toMatchObject({ email, email_verified: true });
  });

  it('fails if the address is taken, or the developer is suspended or deleted', async () => {
    const taken = await someone();
    await taken.change(null);
    const link = await linkTokenTo(test, 'email_changed', taken.email);
    const { portal_id, email } = taken;
    await inviteDeveloper.execute(test.as(admin()), { portal_id, username: 'other', email, password: PASSWORD });
    expect(await undo(portal_id, link)).toBe('email_taken');

    const suspended = await someone();
    await suspended.change(null);
    const another = await linkTokenTo(test, 'email_changed', suspended.email);
    await suspendDeveloper.execute(test.as(admin()), suspended.ref);
    expect(await undo(suspended.portal_id, another)).toBe('invalid_link');
    await deleteDeveloper.execute(test.as(admin()), suspended.ref);
    expect(await undo(suspended.portal_id, another)).toBe('invalid_link');
  });

  it('opens the front end, is mailed with its expiry and stays hidden from admins', async () => {
    const { portal_id, email, change } = await someone();
    await test.rows('update portal set public_url = ? where id = ? returning 1', ['https://portal.example', portal_id]);
    await change(`new.${email}`);
    const token = await linkTokenTo(test, 'email_changed', email);
    const [mail] = await test.rows<{ id: string }>(`select id from email where "to" = ? and kind = 'email_changed'`, [
      email,
    ]);
    const composed = await composeEmail(test.as(worker), EmailId.parse(mail?.id ?? ''));
    expect(composed).toMatchObject({
      text: expect.stringContaining(`https://portal.example/undo_email_change?token=${token}\n`),
    });
    expect(composed).toMatchObject({ text: expect.stringMatching(/until \d+ \w+ \d{4}, \d\d:\d\d UTC/) });
    const { text } = await getEmail.execute(test.as(admin()), { email_id: mail?.id ?? '' });
    expect(text).toContain('[link]');
    expect(text).not.toContain(token);
    await undo(portal_id, token);
    expect(await composeEmail(test.as(worker), EmailId.parse(mail?.id ?? ''))).toMatchObject({ kind: 'unwanted' });
  });

  it('is deleted after it has expired', async () => {
    const { email, change } = await someone();
    await change(null);
    const kept = () => test.rows('select 1 from email_undo where email = ?', [email]);
    await trimEmailUndos(test.as(worker));
    expect(await kept()).toHaveLength(1);
    await trimEmailUndos(test.as(worker, after(7.1)));
    expect(await kept()).toEqual([]);
  });
});
