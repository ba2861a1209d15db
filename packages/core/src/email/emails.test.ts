import { EmailId } from '@gatehouse/contract/ids';
import { expect, it } from 'vitest';
import { acceptApproval } from '../approval/accept-approval.ts';
import { listApprovals } from '../approval/list-approvals.ts';
import { deleteDeveloper } from '../developer/delete-developer.ts';
import { register } from '../auth/register.ts';
import { suspendDeveloper } from '../developer/suspend-developer.ts';
import { admin, anonymous, coreTest, PASSWORD, worker } from '../testing/core-test.ts';
import { composeEmail } from '../testing/compose-email.ts';

const test = coreTest();

it('a mail is sent only if its text is still true', async () => {
  const portal_id = await test.portal({ approver_emails: ['approver@example.org'] });
  await register.execute(test.as(anonymous), {
    portal_id,
    username: 'ada',
    email: 'ada@example.org',
    password: PASSWORD,
  });
  const wanted = async (kind: string): Promise<string> => {
    const [row] = await test.rows<{ id: string }>('select id from email where portal_id = ? and kind = ?', [
      portal_id,
      kind,
    ]);
    const composed = await composeEmail(test.as(worker), EmailId.parse(row?.id ?? ''));
    return composed.kind === 'mail' ? composed.subject : composed.reason;
  };
  expect(await wanted('registration_pending')).toBe('Registration awaiting approval: ada');
  const [approval] = (await listApprovals.execute(test.as(admin()), { portal_id })).list;
  await acceptApproval.execute(test.as(admin()), { approval_id: approval?.id ?? '' });
  expect(await wanted('registration_pending')).toBe('The developer is now Active.');
  expect(await wanted('registration_accepted')).toMatch(/was approved$/);
  const ref = { portal_id, developer_id: approval?.applicant_id ?? '' };
  await suspendDeveloper.execute(test.as(admin()), ref);
  expect(await wanted('registration_accepted')).toBe('The developer is now Suspended.');
  await deleteDeveloper.execute(test.as(admin()), ref);
  expect(await wanted('registration_accepted')).toBe('The developer has been deleted.');
});
