import { expect, it } from 'vitest';
import { acceptApproval } from '../approval/accept-approval.ts';
import { listApprovals } from '../approval/list-approvals.ts';
import { inviteDeveloper } from './invite-developer.ts';
import { admin, codeOf, coreTest, PASSWORD, worker } from '../testing/core-test.ts';
import { linkTokenTo, registered } from '../testing/in-person.ts';
import { verifyEmail } from '../auth/verify-email.ts';
import { expireRegistrations } from './expire-registrations.ts';

const test = coreTest();
const after = (days: number) => new Date(Date.now() + days * 86_400_000);
const livingIn = async (portal_id: string) =>
  (
    await test.rows<{ username: string }>(
      'select username from developer where portal_id = ? and left_at is null order by username',
      [portal_id],
    )
  ).map(({ username }) => username);

it('deletes only developers who have been pending for 14 days with an unverified address', async () => {
  const portal_id = await test.portal();
  for (const username of ['accepted', 'forgotten', 'unsent', 'verified']) await registered(test, portal_id, username);
  await inviteDeveloper.execute(test.as(admin()), { portal_id, username: 'invited', password: PASSWORD });
  const token = await linkTokenTo(test, 'verify_email', 'verified@example.org');
  await verifyEmail.execute(test.as({ kind: 'anonymous' }), { portal_id, token });
  const { list } = await listApprovals.execute(test.as(admin()), { portal_id, search: 'accepted' });
  await acceptApproval.execute(test.as(admin()), { approval_id: list[0]?.id ?? '' });
  await test.rows(
    `insert into developer (id, portal_id, developer_id, username, username_key, name, state, provider, created_at, updated_at)
     values (gen_random_uuid(), ?, 'by-portal', 'by-portal', 'by-portal', 'by-portal', 'Pending', 'builtin', now(), now()) returning 1`,
    [portal_id],
  );
  await test.rows(
    `update email set status = 'sent' where kind = 'verify_email' and "to" <> 'unsent@example.org' returning 1`,
  );
  const expire = async (days: number) => (await expireRegistrations.execute(test.as(worker, after(days)), {})).count;
  expect(await expire(13.9)).toBe(0);
  expect((await livingIn(portal_id)).length).toBe(6);
  expect(await Promise.all([expire(14.1), expire(14.1)])).toContain(1);
  expect(await livingIn(portal_id)).toEqual(['accepted', 'by-portal', 'invited', 'unsent', 'verified']);
  expect(await expire(14.1)).toBe(0);
  const pending = await listApprovals.execute(test.as(admin()), { portal_id, status: 'pending' });
  expect(pending.list.map(({ applicant_name }) => applicant_name)).toEqual(['verified', 'unsent']);
  const [deletion] = await test.rows('select username, cause, requested_by from deletion where portal_id = ?', [
    portal_id,
  ]);
  expect(deletion).toEqual({ username: 'forgotten', cause: 'deleted', requested_by: 'worker' });
  expect(await codeOf(expireRegistrations.execute(test.as(admin()), {}))).toBe('forbidden');
});
