import { describe, expect, it } from 'vitest';
import { listApiProducts } from '../api-product/list-api-products.ts';
import { createApplication } from '../application/create-application.ts';
import { listApplications } from '../application/list-applications.ts';
import { acceptApproval } from '../approval/accept-approval.ts';
import { listApprovals } from '../approval/list-approvals.ts';
import { createCredential } from '../credential/create-credential.ts';
import { inviteDeveloper } from '../developer/invite-developer.ts';
import { listDevelopers } from '../developer/list-developers.ts';
import { renewInvite } from '../developer/renew-invite.ts';
import { suspendDeveloper } from '../developer/suspend-developer.ts';
import { deleteMe } from '../me/delete-me.ts';
import { getMe } from '../me/get-me.ts';
import { updateMe } from '../me/update-me.ts';
import { getPortal } from '../portal/get-portal.ts';
import { admin, anonymous, codeOf, coreTest, PASSWORD, worker } from '../testing/core-test.ts';
import { inPersonAs, linkTokenTo, registered, signedIn, signIn } from '../testing/in-person.ts';
import { listTokens } from '../token/list-tokens.ts';
import { changePassword } from '../auth/change-password.ts';
import { forgotPassword } from '../auth/forgot-password.ts';
import { listSessions } from '../me/list-sessions.ts';
import { resetPassword } from '../auth/reset-password.ts';

const test = coreTest();
const HOUR = 3_600_000;
const later = (hours: number) => new Date(Date.now() + hours * HOUR);

const invite = (portal_id: string, username = 'grace') =>
  inviteDeveloper.execute(test.as(admin()), { portal_id, username, password: PASSWORD });

describe('a developer in person', () => {
  it('manages the own applications and credentials, and sees no others', async () => {
    const { portal_id, as } = await signedIn(test);
    await registered(test, portal_id, 'bob');
    const bob = await inPersonAs(test, (await signIn(test, portal_id, { username: 'bob' })).token);
    const { id: application_id } = await createApplication.execute(await as(), { name: 'Shop' });
    const key = { application_id, type: 'key-auth', name: 'Key' } as const;
    expect(await createCredential.execute(await as(), key)).toMatchObject({ name: 'Key' });
    expect(await codeOf(createCredential.execute(bob, key))).toBe('not_found');
    expect((await listApplications.execute(await as(), {})).total).toBe(1);
    expect((await listApplications.execute(await as(), { portal_id })).total).toBe(1);
    expect((await listApplications.execute(bob, {})).total).toBe(0);
    expect(await codeOf(listApplications.execute(bob, { portal_id: await test.portal() }))).toBe('not_found');
  });

  it('cannot manage the portal or decide approvals', async () => {
    const { portal_id, developer, as } = await signedIn(test);
    const { developer_id } = developer;
    const me = await as();
    const codes = await Promise.all([
      codeOf(getPortal.execute(me, { portal_id })),
      codeOf(listDevelopers.execute(me, { portal_id })),
      codeOf(suspendDeveloper.execute(me, { portal_id, developer_id })),
      codeOf(listTokens.execute(me, {})),
      codeOf(acceptApproval.execute(me, { approval_id: portal_id })),
      codeOf(listApiProducts.execute(me, { portal_id })),
    ]);
    expect(codes).toEqual(codes.map(() => 'forbidden'));
    expect(await codeOf(listApiProducts.execute(me, { portal_id: await test.portal() }))).toBe('not_found');
  });

  it('has read-only access while pending', async () => {
    const portal_id = await test.portal();
    await registered(test, portal_id, 'ada');
    await registered(test, portal_id, 'bob');
    const as = await inPersonAs(test, (await signIn(test, portal_id, { username: 'ada' })).token);
    expect((await getMe.execute(as, {})).state).toBe('Pending');
    expect(await listApprovals.execute(as, {})).toMatchObject({ total: 1, list: [{ applicant_name: 'ada' }] });
    expect(await codeOf(createApplication.execute(as, { name: 'Shop' }))).toBe('developer_not_active');
    expect(await codeOf(updateMe.execute(as, { name: 'Ada' }))).toBe('developer_not_active');
  });

  it('is the only actor who can use the calls for the own account', async () => {
    expect(await codeOf(getMe.execute(test.as(admin()), {}))).toBe('forbidden');
    expect(await codeOf(getMe.execute(test.as({ kind: 'anonymous' }), {}))).toBe('unauthenticated');
    expect(await codeOf(getMe.execute(test.as(worker), {}))).toBe('forbidden');
  });
});

describe('an invited developer', () => {
  it('must change the one-time password before any other call', async () => {
    const portal_id = await test.portal({ invite_ttl_hours: 2 });
    await invite(portal_id);
    const { token, expires_at, must_change_password } = await signIn(test, portal_id, { username: 'grace' });
    expect(must_change_password).toBe(true);
    expect(Date.parse(expires_at)).toBeLessThanOrEqual(later(2).getTime());
    const as = () => inPersonAs(test, token);
    expect((await getMe.execute(await as(), {})).must_change_password).toBe(true);
    const restricted = await as();
    const codes = await Promise.all([
      codeOf(listApplications.execute(restricted, {})),
      codeOf(createApplication.execute(restricted, { name: 'Shop' })),
      codeOf(updateMe.execute(restricted, { name: 'G' })),
      codeOf(deleteMe.execute(restricted, { password: PASSWORD })),
      codeOf(listSessions.execute(restricted, {})),
    ]);
    expect(codes).toEqual(codes.map(() => 'password_change_required'));
    const change = async (current_password: string, new_password: string) =>
      codeOf(changePassword.execute(await as(), { portal_id, current_password, new_password }));
    expect(await change('wrong', `${PASSWORD}!`)).toBe('wrong_password');
    expect(await change(PASSWORD, PASSWORD)).toBe('invalid_input');
    expect(await change(PASSWORD, 'too short')).toBe('invalid_input');
    const chosen = { portal_id, current_password: PASSWORD, new_password: `${PASSWORD}!` };
    const renewed = await changePassword.execute(await as(), chosen);
    const released = await inPersonAs(test, renewed.token);
    expect(await codeOf(createApplication.execute(released, { name: 'Shop' }))).toBe('none');
    expect(await codeOf(inPersonAs(test, renewed.token, later(3)))).toBe('none');
    expect(await codeOf(signIn(test, portal_id, { username: 'grace' }))).toBe('invalid_login');
    expect(await codeOf(signIn(test, portal_id, { username: 'grace', password: `${PASSWORD}!` }))).toBe('none');
  });

  it('cannot use a one-time password or its session after the expiry', async () => {
    const portal_id = await test.portal({ invite_ttl_hours: 2 });
    const { developer_id } = await invite(portal_id);
    const { token } = await signIn(test, portal_id, { username: 'grace' });
    expect(await codeOf(inPersonAs(test, token, later(2.1)))).toBe('unauthenticated');
    expect(await codeOf(signIn(test, portal_id, { username: 'grace', now: later(2.1) }))).toBe(
      'one_time_password_expired',
    );
    const wrong = { username: 'grace', password: 'wrong', now: later(2.1) };
    expect(await codeOf(signIn(test, portal_id, wrong))).toBe('invalid_login');
    await renewInvite.execute(test.as(admin()), { portal_id, developer_id, password: `${PASSWORD} 2` });
    expect(await codeOf(inPersonAs(test, token))).toBe('unauthenticated');
    expect(await codeOf(signIn(test, portal_id, { username: 'grace', password: `${PASSWORD} 2` }))).toBe('none');
  });
});

it('an invited developer who resets the password must choose another than the one-time password', async () => {
  const portal_id = await test.portal();
  const email = 'henry@example.org';
  const to = { portal_id, username: 'henry', password: PASSWORD, email };
  await inviteDeveloper.execute(test.as(admin()), to);
  await forgotPassword.execute(test.as(anonymous), { portal_id, email });
  const token = await linkTokenTo(test, 'password_reset', email);
  const reset = (password: string) => codeOf(resetPassword.execute(test.as(anonymous), { portal_id, token, password }));
  expect(await reset(PASSWORD)).toBe('invalid_input');
  expect(await reset('another horse battery staple')).toBe('none');
});
