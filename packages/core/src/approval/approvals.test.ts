import { DeveloperId, type DeveloperUid } from '@gatehouse/contract/ids';
import { newId } from '@gatehouse/db/columns';
import { describe, expect, it } from 'vitest';
import { listDeletions } from '../deletion/list-deletions.ts';
import { getDeveloper } from '../developer/get-developer.ts';
import { listDevelopers } from '../developer/list-developers.ts';
import { register } from '../auth/register.ts';
import { deleteDeveloper } from '../developer/delete-developer.ts';
import { admin, anonymous, codeOf, coreTest, PASSWORD, portalToken } from '../testing/core-test.ts';
import { patiently } from '../testing/patiently.ts';
import { inPersonAs, signIn } from '../testing/in-person.ts';
import { speakFor } from '../token/authenticate.ts';
import { acceptApproval } from './accept-approval.ts';
import { getApproval } from './get-approval.ts';
import { listApprovals } from './list-approvals.ts';
import { rejectApproval } from './reject-approval.ts';

const test = coreTest();

const registerNew = (portal_id: string, username: string, email = `${username}@example.org`) =>
  register.execute(test.as(anonymous), { portal_id, username, email, password: PASSWORD });

async function pendingIn(portal_id: string): Promise<{ id: string; applicant_id: string }> {
  const { list } = await listApprovals.execute(test.as(admin()), { portal_id, status: 'pending' });
  const [approval] = list;
  if (!approval) throw new Error('The portal has no pending approval.');
  return approval;
}

const mails = (portal_id: string) =>
  test.rows<{ kind: string; to: string; data: Record<string, string> }>(
    `select kind, "to", data from email where portal_id = ? and kind like 'registration%' order by kind, "to"`,
    [portal_id],
  );

describe('registration', () => {
  it('creates a pending approval, and mails each approver once', async () => {
    const portal_id = await test.portal({ approver_emails: ['b@example.org', 'a@example.org', 'a@example.org'] });
    expect(await registerNew(portal_id, 'ada')).toEqual({ status: 'submitted' });
    const { list } = await listDevelopers.execute(test.as(admin()), { portal_id });
    expect(list).toMatchObject([
      { username: 'ada', state: 'Pending', email_verified: false, must_change_password: false },
    ]);
    expect(await mails(portal_id)).toMatchObject([
      { kind: 'registration_pending', to: 'a@example.org' },
      { kind: 'registration_pending', to: 'b@example.org' },
    ]);
    expect(await pendingIn(portal_id)).toMatchObject({
      event: 'developer_registration',
      resource_name: 'ada',
      applicant_id: list[0]?.developer_id,
      resource_id: list[0]?.developer_id,
    });
  });

  it('follows the portal settings for closed and automatic registration, email domains and passwords', async () => {
    expect(await codeOf(registerNew(await test.portal({ self_registration: false }), 'ada'))).toBe(
      'registration_closed',
    );
    const automatic = await test.portal({ registration_auto_approval: true });
    await registerNew(automatic, 'ada');
    expect((await listDevelopers.execute(test.as(admin()), { portal_id: automatic })).list[0]?.state).toBe('Active');
    expect((await listApprovals.execute(test.as(admin()), { portal_id: automatic })).total).toBe(0);
    expect(await codeOf(registerNew(await test.portal({ allowed_email_domains: ['company.example'] }), 'ada'))).toBe(
      'email_domain_not_allowed',
    );
    const short = await test.portal({ password_min_length: 8 });
    const withPassword = (password: string) =>
      codeOf(
        register.execute(test.as(anonymous), {
          portal_id: short,
          username: 'ada',
          email: 'ada@example.org',
          password,
        }),
      );
    expect(await withPassword('Password1')).toBe('password_too_common');
    expect(await withPassword('seven77')).toBe('invalid_input');
    expect(await withPassword('grey cat')).toBe('none');
  });
});

it('a filter by resource name matches the exact name', async () => {
  const portal_id = await test.portal();
  for (const username of ['ada', 'Ada Lovelace', 'bob'])
    await registerNew(portal_id, username, `${username[0]}1@example.org`);
  const named = async (resource_name: string) =>
    (await listApprovals.execute(test.as(admin()), { portal_id, resource_name })).list.map(
      (found) => found.resource_name,
    );
  expect([await named('ada'), await named('Ada'), await named('b%'), await named('bob')]).toEqual([
    ['ada'],
    [],
    [],
    ['bob'],
  ]);
});

describe('a decision about a registration', () => {
  it('activates an accepted developer, records the operator and sends one mail', async () => {
    const portal_id = await test.portal();
    await registerNew(portal_id, 'ada');
    const { id: approval_id, applicant_id } = await pendingIn(portal_id);
    const actor = admin();
    const accepted = await acceptApproval.execute(test.as(actor), {
      approval_id,
      reason: 'known',
      metadata: '{"ticket":1}',
    });
    expect(accepted).toMatchObject({
      status: 'finished',
      result: 'accepted',
      operator_name: 'test admin',
      reason: 'known',
      metadata: '{"ticket":1}',
    });
    expect(accepted.operated_at).not.toBeNull();
    expect((await getDeveloper.execute(test.as(actor), { portal_id, developer_id: applicant_id })).state).toBe(
      'Active',
    );
    expect(await acceptApproval.execute(test.as(actor), { approval_id, reason: 'again' })).toEqual(accepted);
    expect(await codeOf(rejectApproval.execute(test.as(actor), { approval_id }))).toBe('approval_already_finished');
    expect(await mails(portal_id)).toMatchObject([{ kind: 'registration_accepted', to: 'ada@example.org' }]);
    expect(await getApproval.execute(test.as(actor), { approval_id })).toEqual(accepted);
  });

  it('uses the compatible operator id if a front end names the operator in the metadata', async () => {
    const portal_id = await test.portal();
    const token = portalToken(portal_id, ['approvals:decide', 'approvals:read']);
    const decide = async (username: string, metadata?: string) => {
      await registerNew(portal_id, username);
      const { id: approval_id } = await pendingIn(portal_id);
      const more = metadata === undefined ? {} : { metadata };
      const decided = await acceptApproval.execute(test.as(token), { approval_id, ...more });
      expect(await getApproval.execute(test.as(admin()), { approval_id })).toEqual(decided);
      const [event] = await test.rows(`select actor_id from event where resource_id = ?`, [approval_id]);
      expect(event).toEqual({ actor_id: token.id });
      return decided;
    };
    const metadata = '{"operator_id":"u-1","operator_name":"Grace"}';
    const operator_name = token.name;
    expect(await decide('ada', metadata)).toMatchObject({
      operator_id: 'developer_portal_admin',
      operator_name,
      metadata,
    });
    expect(await decide('bob')).toMatchObject({ operator_id: token.id, operator_name, metadata: null });
  });

  it('shows the developer the reason, but not the operator or the metadata', async () => {
    const portal_id = await test.portal();
    await registerNew(portal_id, 'ada');
    const { id: approval_id, applicant_id } = await pendingIn(portal_id);
    const decision = { approval_id, reason: 'known', metadata: '{"score":1}' };
    await acceptApproval.execute(test.as(admin()), decision);
    const { token } = await signIn(test, portal_id, { username: 'ada' });
    const inPerson = await inPersonAs(test, token);
    const acting = test.as(await speakFor({ em: inPerson.em, actor: portalToken(portal_id) }, applicant_id));
    const hidden = { reason: 'known', operator_id: null, operator_name: null, metadata: null };
    for (const as of [inPerson, acting]) {
      expect(await getApproval.execute(as, { approval_id })).toMatchObject(hidden);
      expect((await listApprovals.execute(as, {})).list).toMatchObject([hidden]);
      expect((await listApprovals.execute(as, { operator_name: 'test admin' })).total).toBe(0);
    }
    const portal = test.as(portalToken(portal_id));
    expect((await listApprovals.execute(portal, { operator_name: 'test admin' })).list).toMatchObject([
      { operator_name: 'test admin', metadata: '{"score":1}' },
    ]);
  });

  it('deletes a rejected developer, frees the username and mails the reason', async () => {
    const portal_id = await test.portal();
    await registerNew(portal_id, 'ada');
    const { id: approval_id, applicant_id } = await pendingIn(portal_id);
    const rejected = await rejectApproval.execute(test.as(admin()), { approval_id, reason: 'no <such> company' });
    expect(rejected).toMatchObject({ status: 'finished', result: 'rejected', reason: 'no <such> company' });
    expect(await codeOf(getDeveloper.execute(test.as(admin()), { portal_id, developer_id: applicant_id }))).toBe(
      'not_found',
    );
    expect((await listDeletions.execute(test.as(admin()), { portal_id })).list).toMatchObject([
      { cause: 'rejected', status: 'pending', username: 'ada' },
    ]);
    expect(await mails(portal_id)).toMatchObject([
      { kind: 'registration_rejected', data: { reason: 'no <such> company' } },
    ]);
    await registerNew(portal_id, 'ada');
  });

  it('has a single winner among 40 concurrent decisions, and sends one mail', async () => {
    const portal_id = await test.portal();
    await registerNew(portal_id, 'ada');
    const { id: approval_id } = await pendingIn(portal_id);
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        const decideIt = n % 2 ? acceptApproval : rejectApproval;
        const code = await codeOf(patiently(() => decideIt.execute(test.as(admin()), { approval_id })));
        return `${n % 2 ? 'accepted' : 'rejected'} ${code}`;
      }),
    );
    const { result } = await getApproval.execute(test.as(admin()), { approval_id });
    const loser = result === 'accepted' ? 'rejected' : 'accepted';
    expect(new Set(outcomes)).toEqual(new Set([`${result} none`, `${loser} approval_already_finished`]));
    expect(await mails(portal_id)).toHaveLength(1);
  });

  it('fails after the developer was deleted, because the approval disappears too', async () => {
    const portal_id = await test.portal();
    await registerNew(portal_id, 'ada');
    const { id: approval_id, applicant_id } = await pendingIn(portal_id);
    await deleteDeveloper.execute(test.as(admin()), { portal_id, developer_id: applicant_id });
    expect(await codeOf(acceptApproval.execute(test.as(admin()), { approval_id }))).toBe('not_found');
    expect(await codeOf(getApproval.execute(test.as(admin()), { approval_id }))).toBe('not_found');
    expect((await listApprovals.execute(test.as(admin()), { portal_id })).total).toBe(0);
  });

  it('requires the scope and the portal, and fails for tokens that act for a developer', async () => {
    const portal_id = await test.portal();
    await registerNew(portal_id, 'ada');
    const { id: approval_id, applicant_id } = await pendingIn(portal_id);
    const [own] = await test.rows<{ id: DeveloperUid }>('select id from developer where developer_id = ?', [
      applicant_id,
    ]);
    const accept = (actor: Parameters<typeof test.as>[0]) =>
      codeOf(acceptApproval.execute(test.as(actor), { approval_id }));
    expect(await accept(anonymous)).toBe('unauthenticated');
    expect(await accept(admin(['approvals:write']))).toBe('forbidden');
    expect(await accept(portalToken(await test.portal(), ['approvals:decide']))).toBe('not_found');
    const speaking = {
      ...portalToken(portal_id, ['approvals:decide', 'approvals:read']),
      developer: { uid: own?.id ?? newId(), developerId: DeveloperId.parse(applicant_id), state: 'Pending' as const },
    };
    expect(await accept(speaking)).toBe('forbidden');
    expect(await codeOf(acceptApproval.execute(test.as(speaking), { approval_id: newId() }))).toBe('forbidden');
    expect((await listApprovals.execute(test.as(speaking), {})).total).toBe(1);
    expect(
      (await listApprovals.execute(test.as({ ...speaking, developer: { ...speaking.developer, uid: newId() } }), {}))
        .total,
    ).toBe(0);
    expect(await accept(portalToken(portal_id, ['approvals:decide']))).toBe('none');
  });
});
