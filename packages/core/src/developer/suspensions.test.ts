import { EmailId } from '@gatehouse/contract/ids';
import { describe, expect, it } from 'vitest';
import { createApplication } from '../application/create-application.ts';
import { composeEmail } from '../testing/compose-email.ts';
import { admin, codeOf, coreTest, PASSWORD, portalToken, worker } from '../testing/core-test.ts';
import { registered, signIn } from '../testing/in-person.ts';
import { speakFor } from '../token/authenticate.ts';
import { getDeveloper } from './get-developer.ts';
import { inviteDeveloper } from './invite-developer.ts';
import { reactivateDeveloper } from './reactivate-developer.ts';
import { suspendDeveloper } from './suspend-developer.ts';

const test = coreTest();
const REASON = 'Unpaid invoices.\nSee <your> account.';
const support_email = 'help@example.org';

/** An active developer with an email address, in a portal with a support contact. */
async function someone(settings: object = { support_email }) {
  const portal_id = await test.portal({ registration_auto_approval: true, ...settings });
  await registered(test, portal_id, 'ada');
  const { developer } = await signIn(test, portal_id, { username: 'ada' });
  const ref = { portal_id, developer_id: developer.developer_id };
  return {
    portal_id,
    ref,
    suspend: (reason?: string) =>
      suspendDeveloper.execute(test.as(admin()), { ...ref, ...(reason === undefined ? {} : { reason }) }),
    reactivate: (reason?: string) =>
      reactivateDeveloper.execute(test.as(admin()), { ...ref, ...(reason === undefined ? {} : { reason }) }),
  };
}

const mailsIn = (portal_id: string) =>
  test.rows<{ id: string; kind: string; to: string }>(
    `select id, kind, "to" from email where portal_id = ? and kind in ('suspended', 'reactivated') order by id`,
    [portal_id],
  );
const eventsIn = (portal_id: string) =>
  test.rows<{ name: string; changed: string[] }>(
    `select name, changed from event where portal_id = ? and name in ('developer.suspended', 'developer.reactivated') order by id`,
    [portal_id],
  );

describe('a suspension', () => {
  it('stores and mails its reason, and a repetition changes and mails nothing', async () => {
    const { portal_id, ref, suspend, reactivate } = await someone();
    expect(await suspend(REASON)).toMatchObject({ state: 'Suspended', state_reason: REASON });
    expect(await suspend('another')).toMatchObject({ state: 'Suspended', state_reason: REASON });
    expect((await mailsIn(portal_id)).map(({ kind, to }) => [kind, to])).toEqual([['suspended', 'ada@example.org']]);
    const [mail] = await mailsIn(portal_id);
    expect(await composeEmail(test.as(worker), EmailId.parse(mail?.id ?? ''))).toMatchObject({
      subject: expect.stringMatching(/^Your account at Portal .* is suspended$/),
      text: expect.stringContaining(`${REASON}\n\nIf you have questions, contact ${support_email}.`),
      html: expect.stringContaining('See &lt;your&gt; account.'),
    });
    expect(await reactivate(' Paid. ')).toMatchObject({ state: 'Active', state_reason: 'Paid.' });
    expect(await reactivate()).toMatchObject({ state_reason: 'Paid.' });
    expect((await mailsIn(portal_id)).map(({ kind }) => kind)).toEqual(['suspended', 'reactivated']);
    expect(await composeEmail(test.as(worker), EmailId.parse(mail?.id ?? ''))).toMatchObject({ kind: 'unwanted' });
    await suspend(' \n ');
    expect(await getDeveloper.execute(test.as(admin()), ref)).toMatchObject({ state_reason: null });
    const events = await eventsIn(portal_id);
    expect(events.map(({ changed }) => changed)).toEqual([
      ['state', 'state_reason'],
      ['state', 'state_reason'],
      ['state'],
    ]);
    expect(JSON.stringify(events)).not.toContain('invoices');
  });

  it('sends no mail to a developer without an address', async () => {
    const portal_id = await test.portal();
    const { developer_id } = await inviteDeveloper.execute(test.as(admin()), {
      portal_id,
      username: 'ada',
      password: PASSWORD,
    });
    await suspendDeveloper.execute(test.as(admin()), { portal_id, developer_id, reason: REASON });
    expect(await mailsIn(portal_id)).toEqual([]);
  });

  it('appears with its reason and the contact only after the correct password', async () => {
    const { portal_id, suspend } = await someone();
    await suspend(REASON);
    await expect(signIn(test, portal_id, { username: 'ada' })).rejects.toMatchObject({
      code: 'developer_not_active',
      message: `Your account is suspended. Reason: ${REASON} Contact: ${support_email}`,
      suspension: { reason: REASON, support_email },
    });
    expect(await codeOf(signIn(test, portal_id, { username: 'ada', password: 'wrong' }))).toBe('invalid_login');
    const plain = await someone({});
    await plain.suspend();
    await expect(signIn(test, plain.portal_id, { username: 'ada' })).rejects.toMatchObject({
      message: 'Your account is suspended.',
      suspension: { reason: null, support_email: null },
    });
  });

  it('appears in the errors of a front end that acts for the developer', async () => {
    const { portal_id, ref, suspend } = await someone();
    await suspend(REASON);
    const { em } = test.as(admin());
    const actor = await speakFor({ em, actor: portalToken(portal_id) }, ref.developer_id);
    await expect(createApplication.execute(test.as(actor), { name: 'Shop' })).rejects.toMatchObject({
      code: 'developer_not_active',
      suspension: { reason: REASON, support_email },
    });
  });
});
