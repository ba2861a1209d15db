import { EmailId } from '@gatehouse/contract/ids';
import { watchStatements } from '@gatehouse/testing/statements';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { listApprovals } from '../approval/list-approvals.ts';
import { expireRegistrations } from '../developer/expire-registrations.ts';
import { inviteDeveloper } from '../developer/invite-developer.ts';
import { register } from './register.ts';
import { composeEmail } from '../testing/compose-email.ts';
import { getMe } from '../me/get-me.ts';
import { mailVerification } from '../me/mail-verification.ts';
import { updateMe } from '../me/update-me.ts';
import type * as password from '../crypto/password.ts';
import { hashPassword, verifyPassword } from '../crypto/password.ts';
import { admin, anonymous, codeOf, coreTest, PASSWORD, worker } from '../testing/core-test.ts';
import { inPersonAs, linkTokenTo, registered, signIn } from '../testing/in-person.ts';
import { forgotPassword } from './forgot-password.ts';
import { resetPassword } from './reset-password.ts';
import { verifyEmail } from './verify-email.ts';

vi.mock('../crypto/password.ts', async (original) => {
  const real = await original<typeof password>();
  return { ...real, hashPassword: vi.fn(real.hashPassword), verifyPassword: vi.fn(real.verifyPassword) };
});
afterEach(() => {
  vi.restoreAllMocks();
});

const test = coreTest();
const UNKNOWN = '0190f3a0-0000-7000-8000-000000000000';

type Row = Record<string, unknown>;

/** The answer of a call, and the number of its statements, hashes and mails. */
async function costOf(call: () => Promise<unknown>) {
  const mails = async () => (await test.rows('select 1 from email')).length;
  const before = await mails();
  const watched = watchStatements();
  vi.mocked(verifyPassword).mockClear();
  vi.mocked(hashPassword).mockClear();
  const answer = await call().then(JSON.stringify, (error: unknown) => String(error));
  const statements = watched.stop().map((text) => text.slice(0, 25));
  return {
    answer,
    statements,
    mails: (await mails()) - before,
    verified: vi.mocked(verifyPassword).mock.calls.length,
    hashed: vi.mocked(hashPassword).mock.calls.length,
  };
}

let count = 0;
/** The only account of its portal, with a verified address. */
async function owner(settings: object = { registration_auto_approval: true }) {
  count += 1;
  const [portal_id, username] = [await test.portal(settings), `ada${String(count)}`];
  await registered(test, portal_id, username);
  const email = `${username}@example.org`;
  const token = await linkTokenTo(test, 'verify_email', email);
  await verifyEmail.execute(test.as(anonymous), { portal_id, token });
  return { portal_id, username, email };
}

const OTHER = 'another horse battery staple';

/** Registers a developer with a different password than `owner`. */
const registerNew = (portal_id: string, username: string, email: string) =>
  registerWith(OTHER, portal_id, { username, email });

const registerWith = (password: string, portal_id: string, names: { username: string; email: string }) =>
  register.execute(test.as(anonymous), { portal_id, ...names, password });

describe('the answer, statements, hashes and mails are the same', () => {
  it('for a wrong password and an unknown username', async () => {
    const { portal_id, username, email } = await owner();
    const cost = (name: string) => costOf(() => signIn(test, portal_id, { username: name, password: 'wrong' }));
    const unknown = await cost('nobody');
    expect(unknown).toMatchObject({ verified: 1, hashed: 0, mails: 0 });
    expect(unknown.statements.length).toBe(3);
    for (const name of [username, email, 'unknown@example.org'])
      expect({ name, ...(await cost(name)) }).toEqual({ name, ...unknown });
  });

  it('for a forgotten password with a known and an unknown address', async () => {
    const { portal_id, email } = await owner();
    await registered(test, portal_id, 'unverified');
    const cost = (address: string) =>
      costOf(() => forgotPassword.execute(test.as(anonymous), { portal_id, email: address }));
    const unknown = await cost('unknown@example.org');
    expect(unknown).toMatchObject({ answer: '{"status":"submitted"}', verified: 0, hashed: 0, mails: 1 });
    expect(unknown.statements.length).toBeGreaterThan(4);
    for (const address of [email, 'unverified@example.org'])
      expect({ address, ...(await cost(address)) }).toEqual({ address, ...unknown });
    expect(await test.rows(`select 1 from email where "to" like '%nobody%'`)).toEqual([]);
    const [row] = await test.rows<{ id: string }>(`select id from email where portal_id = ? and "to" like 'erased-%'`, [
      portal_id,
    ]);
    expect(await composeEmail(test.as(worker), EmailId.parse(row?.id ?? ''))).toMatchObject({ kind: 'unwanted' });
  });

  it.each([{ registration_auto_approval: true }, { approver_emails: ['a@example.org', 'b@example.org'] }])(
    'for a registration with a free and a taken address: %j',
    async (settings) => {
      const { portal_id, email } = await owner(settings);
      await inviteDeveloper.execute(test.as(admin()), {
        portal_id,
        username: 'invited',
        email: 'invited@example.org',
        password: PASSWORD,
      });
      const free = await costOf(() => registerNew(portal_id, 'free', 'free@example.org'));
      expect(free).toMatchObject({ answer: '{"status":"submitted"}', hashed: 1, verified: 0 });
      expect(free.mails).toBe('approver_emails' in settings ? 3 : 1);
      for (const [n, taken] of [email, email.toUpperCase(), 'invited@example.org'].entries())
        expect({ taken, ...(await costOf(() => registerNew(portal_id, `taken-${n}`, taken))) }).toEqual({
          taken,
          ...free,
        });
    },
  );

  it('for a taken username, whether or not the address and password match', async () => {
    const { portal_id, username, email } = await owner();
    await registered(test, portal_id, 'waiting');
    const cost = (name: string, address: string, password: string) =>
      costOf(() => registerWith(password, portal_id, { username: name, email: address }));
    const refused = await cost('waiting', 'waiting@example.org', OTHER);
    expect(refused).toMatchObject({
      answer: expect.stringContaining('already in use'),
      verified: 1,
      hashed: 0,
      mails: 0,
    });
    expect(await cost('waiting', 'other@example.org', PASSWORD)).toEqual(refused);
    expect(await cost(username, email, PASSWORD), 'confirmed').toEqual(refused);
    expect(await cost('waiting', 'waiting@example.org', PASSWORD)).toEqual({
      ...refused,
      answer: '{"status":"submitted"}',
    });
  });

  it('for an invalid link of an active, a suspended and an unknown account', async () => {
    const { portal_id, email } = await owner();
    await forgotPassword.execute(test.as(anonymous), { portal_id, email });
    const right = await linkTokenTo(test, 'password_reset', email);
    const [uid = '', expiry = ''] = right.split('.');
    const verify = (token: string) => costOf(() => verifyEmail.execute(test.as(anonymous), { portal_id, token }));
    const reset = (token: string) =>
      costOf(() => resetPassword.execute(test.as(anonymous), { portal_id, token, password: PASSWORD }));
    for (const cost of [verify, reset]) {
      const unknown = await cost(`${UNKNOWN}.${expiry}.signature`);
      expect(unknown).toMatchObject({
        answer: expect.stringContaining('The link is invalid'),
        hashed: 0,
        verified: 0,
        mails: 0,
      });
      expect(unknown.statements.length).toBeGreaterThan(1);
      expect(await cost(`${uid}.${expiry}.signature`)).toEqual(unknown);
    }
    await test.rows(`update developer set state = 'Suspended' where id = ? returning 1`, [uid]);
    expect(await reset(right)).toEqual(await reset(`${UNKNOWN}.${expiry}.signature`));
  });
});

describe('a developer who registers with a taken address', () => {
  /** Everything that registration and sign-in show to the developer, without ids and times. */
  async function seenBy(portal_id: string, username: string, email: string) {
    const first = await registerNew(portal_id, username, email);
    const second = await registerNew(portal_id, username, email);
    const guessed = await codeOf(registerWith('yet another horse staple', portal_id, { username, email }));
    const cost = await costOf(() => signIn(test, portal_id, { username, password: OTHER }));
    const { token, ...login } = await signIn(test, portal_id, { username, password: OTHER });
    const as = await inPersonAs(test, token);
    const approvals = await listApprovals.execute(as, {});
    const seen = JSON.stringify([
      first,
      second,
      guessed,
      { ...cost, answer: '' },
      login,
      await getMe.execute(as, {}),
      approvals,
    ])
      .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|dev_\w{20}|\d{4}-[\d-]+T[\d:.]+Z/g, '*')
      .replaceAll(email, 'EMAIL')
      .replaceAll(username, 'USERNAME');
    return { as, seen };
  }

  it.each([{}, { registration_auto_approval: true }])('sees the same as with a free address: %j', async (settings) => {
    const { portal_id, email } = await owner(settings);
    const free = await seenBy(portal_id, 'free', 'free@example.org');
    expect(free.seen).toContain('"username_taken"');
    expect((await seenBy(portal_id, 'squatter', email)).seen).toBe(free.seen);
    const address = 'address@example.org';
    expect((await seenBy(portal_id, email, email)).seen).toBe((await seenBy(portal_id, address, address)).seen);
  });

  it('gets no access to the account of the owner, and no link, while the owner is notified by mail', async () => {
    const { portal_id, username, email } = await owner();
    const { as } = await seenBy(portal_id, 'squatter', email.toUpperCase());
    await registerNew(portal_id, email, email);
    const mails = await test.rows<Row>(
      `select kind, "to" from email where portal_id = ? and created_at > (select created_at from developer where portal_id = ? and username = 'squatter') - interval '1 ms'`,
      [portal_id, portal_id],
    );
    expect(mails).toEqual(Array.from({ length: 2 }, () => ({ kind: 'registration_existing', to: email })));
    const [stored] = await test.rows<Row>(
      `select data from email where portal_id = ? and kind = 'registration_existing'`,
      [portal_id],
    );
    // The row belongs to the other account, so an erasure of the owner would not reach the owner's name.
    expect(stored?.['data']).toMatchObject({ name: null });
    expect((await signIn(test, portal_id, { username: email })).developer.username).toBe(username);
    await forgotPassword.execute(test.as(anonymous), { portal_id, email });
    expect(await linkTokenTo(test, 'password_reset', email)).toContain(await uidOf(portal_id, username));
    // Claiming the address again, or requesting another link, notifies the owner and mails no link.
    const links = `select id from email where portal_id = ? and kind = 'verify_email' and "to" = ?`;
    const before = await test.rows(links, [portal_id, email]);
    await updateMe.execute(as, { email, current_password: OTHER });
    await mailVerification.execute(as, { email });
    expect(await test.rows(links, [portal_id, email])).toEqual(before);
    const told = await test.rows<Row>(
      `select "to", data ->> 'name' as name from email where portal_id = ? and kind = 'email_existing'`,
      [portal_id],
    );
    expect(told).toEqual(Array.from({ length: 2 }, () => ({ to: email, name: null })));
  });

  it('cannot learn from a change of address whether the new address is taken', async () => {
    const { portal_id, email } = await owner();
    await inviteDeveloper.execute(test.as(admin()), {
      portal_id,
      username: 'invited',
      email: 'invited@example.org',
      password: PASSWORD,
    });
    const { as } = await seenBy(portal_id, 'curious', 'curious@example.org');
    const cost = async (address: string) => {
      const asked = await costOf(() => updateMe.execute(as, { email: address, current_password: OTHER }));
      const again = await costOf(() => mailVerification.execute(as, { email: address }));
      const answer = asked.answer.replace(address, 'ADDRESS').replace(/"updated_at":"[^"]+"/, '');
      return { asked: { ...asked, answer }, again };
    };
    const free = await cost('free@example.org');
    expect(free.asked).toMatchObject({ answer: expect.stringContaining('"pending_email":"ADDRESS"'), mails: 1 });
    for (const taken of [email, email.toUpperCase(), 'invited@example.org'])
      expect({ taken, ...(await cost(taken)) }).toEqual({ taken, ...free });
  });

  it.each([`state = 'Suspended'`, `provider = 'sso'`])(
    'causes no mail with a link if the owner gets none: %s',
    async (such) => {
      const { portal_id, username, email } = await owner();
      await registerNew(portal_id, 'squatter', email);
      await test.rows(`update developer set ${such} where portal_id = ? and username = ? returning 1`, [
        portal_id,
        username,
      ]);
      await forgotPassword.execute(test.as(anonymous), { portal_id, email });
      const links = `select 1 from email where portal_id = ? and "to" = ? and kind in ('verify_email', 'password_reset')`;
      // The only link is from the owner's registration.
      expect(await test.rows(links, [portal_id, email])).toHaveLength(1);
    },
  );

  it('expires after 14 days like every unverified registration, and the owner stays', async () => {
    const { portal_id, username, email } = await owner({});
    await registerNew(portal_id, 'squatter', email);
    const expire = async () =>
      (await expireRegistrations.execute(test.as(worker, new Date(Date.now() + 14.1 * 86_400_000)), {})).count;
    await test.rows(`update email set status = 'failed' where portal_id = ? returning 1`, [portal_id]);
    const left = () =>
      test.rows('select username from developer where portal_id = ? and left_at is null order by username', [
        portal_id,
      ]);
    await expire();
    expect(await left()).toEqual([{ username }, { username: 'squatter' }]);
    await test.rows(`update email set status = 'sent' where portal_id = ? returning 1`, [portal_id]);
    await expire();
    expect(await left()).toEqual([{ username }]);
  });
});

async function uidOf(portal_id: string, username: string): Promise<string> {
  const [row] = await test.rows<{ id: string }>('select id from developer where portal_id = ? and username = ?', [
    portal_id,
    username,
  ]);
  return row?.id ?? '';
}
