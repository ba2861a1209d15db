import { EmailId } from '@gatehouse/contract/ids';
import { describe, expect, it } from 'vitest';
import { deleteDeveloper } from '../developer/delete-developer.ts';
import { getDeveloper } from '../developer/get-developer.ts';
import { inviteDeveloper } from '../developer/invite-developer.ts';
import { listDevelopers } from '../developer/list-developers.ts';
import { reactivateDeveloper } from '../developer/reactivate-developer.ts';
import { renewInvite } from '../developer/renew-invite.ts';
import { suspendDeveloper } from '../developer/suspend-developer.ts';
import { updateDeveloper } from '../developer/update-developer.ts';
import { composeEmail } from '../testing/compose-email.ts';
import { admin, anonymous, codeOf, coreTest, PASSWORD, worker } from '../testing/core-test.ts';
import { inPersonAs, linkTokenTo, signIn } from '../testing/in-person.ts';
import { acceptInvitation } from './accept-invitation.ts';
import { describeLink } from './describe-link.ts';
import { verifyEmail } from './verify-email.ts';

const test = coreTest();
const HOUR = 3_600_000;
const after = (hours: number) => new Date(Date.now() + hours * HOUR);

let count = 0;
/** A developer who was invited by a mailed link. */
async function invited(settings: object = {}) {
  count += 1;
  const portal_id = await test.portal(settings);
  const username = `ada${String(count)}`;
  const email = `${username}@example.org`;
  const developer = await inviteDeveloper.execute(test.as(admin()), { portal_id, username, email });
  return {
    portal_id,
    username,
    email,
    developer,
    ref: { portal_id, developer_id: developer.developer_id },
    token: await linkTokenTo(test, 'invitation', email),
  };
}

const accept = (portal_id: string, token: string, now?: Date) =>
  codeOf(acceptInvitation.execute(test.as(anonymous, now), { portal_id, token, password: PASSWORD }));

describe('an invitation link', () => {
  it('sets the chosen password, verifies the address and signs in, once', async () => {
    const { portal_id, username, email, ref, developer, token } = await invited();
    expect(developer).toMatchObject({ state: 'Active', must_change_password: true, email_verified: false });
    expect(await codeOf(signIn(test, portal_id, { username }))).toBe('invalid_login');
    const login = await acceptInvitation.execute(test.as(anonymous), { portal_id, token, password: PASSWORD });
    expect(login).toMatchObject({ must_change_password: false, developer: { username, email, email_verified: true } });
    expect(await inPersonAs(test, login.token)).toMatchObject({ actor: { restricted: false } });
    expect(await codeOf(signIn(test, portal_id, { username: email }))).toBe('none');
    expect(await accept(portal_id, token)).toBe('invite_expired');
    const described = describeLink.execute(test.as(anonymous), { portal_id, kind: 'invitation', token });
    expect(await described).toEqual({ status: 'used', username: null, email: null });
    expect(await getDeveloper.execute(test.as(admin()), ref)).toMatchObject({ invite_expires_at: null });
    const events = await test.rows(
      `select name, actor_kind, changed from event where portal_id = ? and name like 'developer.invite%' order by id`,
      [portal_id],
    );
    expect(events).toEqual([
      { name: 'developer.invited', actor_kind: 'admin_token', changed: [] },
      { name: 'developer.invite_accepted', actor_kind: 'developer', changed: ['password', 'email_verified'] },
    ]);
  });

  it('works only until it expires, in its portal and for its purpose', async () => {
    const { portal_id, token, developer } = await invited({ invite_ttl_hours: 2 });
    expect(Date.parse(developer.invite_expires_at ?? '') - Date.now()).toBeGreaterThan(1.9 * HOUR);
    expect(await accept(portal_id, token, after(2.1))).toBe('invite_expired');
    expect(await accept(await test.portal(), token)).toBe('invite_expired');
    expect(await accept(portal_id, `${token.slice(0, -2)}xx`)).toBe('invite_expired');
    expect(await accept(portal_id, 'x.1.y')).toBe('invalid_link');
    expect(await codeOf(verifyEmail.execute(test.as(anonymous), { portal_id, token }))).toBe('invalid_link');
    const weak = acceptInvitation.execute(test.as(anonymous), { portal_id, token, password: 'too short' });
    expect(await codeOf(weak)).toBe('invalid_input');
    expect(await accept(portal_id, token, after(1.9))).toBe('none');
  });

  it('has a single winner among concurrent uses', async () => {
    const { portal_id, token } = await invited();
    const codes = await Promise.all(Array.from({ length: 4 }, () => accept(portal_id, token)));
    expect(codes.toSorted()).toEqual(['invite_expired', 'invite_expired', 'invite_expired', 'none']);
  });

  it('stops working when another link or a one-time password replaces it', async () => {
    const { portal_id, username, email, ref, token } = await invited();
    await renewInvite.execute(test.as(admin()), ref);
    expect(await accept(portal_id, token)).toBe('invite_expired');
    const renewed = await linkTokenTo(test, 'invitation', email);
    await renewInvite.execute(test.as(admin()), { ...ref, password: PASSWORD });
    expect(await accept(portal_id, renewed)).toBe('invite_expired');
    expect((await signIn(test, portal_id, { username })).must_change_password).toBe(true);
    await renewInvite.execute(test.as(admin()), ref);
    expect(await codeOf(signIn(test, portal_id, { username }))).toBe('invalid_login');
    expect(await accept(portal_id, await linkTokenTo(test, 'invitation', email))).toBe('none');
    expect(await codeOf(renewInvite.execute(test.as(admin()), ref))).toBe('illegal_state');
  });

  it('is revoked when the developer is deleted or suspended, or an admin changes the address', async () => {
    const [deleted, suspended, moved] = [await invited(), await invited(), await invited()];
    await deleteDeveloper.execute(test.as(admin()), deleted.ref);
    await suspendDeveloper.execute(test.as(admin()), suspended.ref);
    await updateDeveloper.execute(test.as(admin()), { ...moved.ref, email: `new.${moved.email}` });
    for (const { portal_id, token } of [deleted, suspended, moved])
      expect(await accept(portal_id, token)).toBe('invite_expired');
    await renewInvite.execute(test.as(admin()), moved.ref);
    expect(await accept(moved.portal_id, await linkTokenTo(test, 'invitation', `new.${moved.email}`))).toBe('none');
  });

  it('requires an email address', async () => {
    const portal_id = await test.portal();
    const call = inviteDeveloper.execute(test.as(admin()), { portal_id, username: 'ada' });
    await expect(call).rejects.toMatchObject({ code: 'invalid_input', issues: [{ path: '/password' }] });
    const { developer_id } = await inviteDeveloper.execute(test.as(admin()), {
      portal_id,
      username: 'ada',
      password: PASSWORD,
    });
    const renewal = renewInvite.execute(test.as(admin()), { portal_id, developer_id });
    await expect(renewal).rejects.toMatchObject({ code: 'invalid_input', issues: [{ path: '/password' }] });
  });
});

it('is replaced by the link of the mail that ends a suspension', async () => {
  const { portal_id, email, ref, token } = await invited();
  await suspendDeveloper.execute(test.as(admin()), ref);
  await reactivateDeveloper.execute(test.as(admin()), { ...ref, reason: 'A mistake.' });
  expect(await accept(portal_id, token)).toBe('invite_expired');
  expect(await accept(portal_id, await linkTokenTo(test, 'reactivated', email))).toBe('none');
});

describe('an invitation mail', () => {
  const mailTo = async (email: string) => {
    const [row] = await test.rows<{ id: string }>('select id from email where "to" = ?', [email]);
    return composeEmail(test.as(worker), EmailId.parse(row?.id ?? ''));
  };

  it('contains the link to the front end, or announces a one-time password', async () => {
    const { email, portal_id, token } = await invited();
    expect(await mailTo(email)).toMatchObject({
      text: expect.stringContaining(`/invitation?token=${token}\n`),
      subject: expect.stringMatching(/^You are invited to Portal/),
    });
    const to = `other.${email}`;
    await inviteDeveloper.execute(test.as(admin()), { portal_id, username: 'other', email: to, password: PASSWORD });
    expect(await mailTo(to)).toMatchObject({ text: expect.stringMatching(/one-time password. It works until \d/) });
    expect(JSON.stringify(await mailTo(to))).not.toContain('token=');
  });
});

it('an index serves the list of developers who have not accepted their invitation', async () => {
  const { portal_id, username, token } = await invited();
  await inviteDeveloper.execute(test.as(admin()), { portal_id, username: 'given', password: PASSWORD });
  const names = async (isInvited: boolean) => {
    const page = await listDevelopers.execute(test.as(admin()), { portal_id, invited: isInvited });
    expect(page.list.every(({ invite_expires_at }) => (invite_expires_at !== null) === isInvited)).toBe(true);
    return { total: page.total, names: page.list.map((one) => one.username) };
  };
  expect(await names(true)).toEqual({ total: 2, names: ['given', username] });
  await accept(portal_id, token);
  expect(await names(true)).toEqual({ total: 1, names: ['given'] });
  expect(await names(false)).toEqual({ total: 1, names: [username] });
  const plan = await test
    .orm()
    .em.fork()
    .transactional(async (em) => {
      // In a small table, any index of the portal is as good.
      await em.execute(
        `insert into developer (id, portal_id, developer_id, username, username_key, name, state, provider, created_at, updated_at)
         select gen_random_uuid(), ?, n, n, n, n, 'Active', 'builtin', now(), now() from generate_series(1, 1000) as n`,
        [portal_id],
      );
      await em.execute('analyze developer');
      return em.execute(
        'explain select id from developer d where d.portal_id = ? and d.left_at is null and d.must_change_password order by d.created_at desc, d.id desc limit 10',
        [portal_id],
      );
    });
  expect(JSON.stringify(plan)).toContain('developer_invitation');
});
