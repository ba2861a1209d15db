import { expect, test } from 'vitest';
import { acceptApproval } from '../approval/accept-approval.ts';
import { listApprovals } from '../approval/list-approvals.ts';
import { inviteDeveloper } from '../developer/invite-developer.ts';
import { mailVerification } from '../me/mail-verification.ts';
import { verifyEmail } from './verify-email.ts';
import { admin, anonymous, codeOf, coreTest, PASSWORD } from '../testing/core-test.ts';
import { inPersonAs, linkTokenTo, registered, signIn } from '../testing/in-person.ts';
import { newProvider } from '../testing/provider.ts';

const core = coreTest();
const as = () => core.as(admin());

const DOMAIN = 'email_domain_not_allowed';
const VERIFIED = { require_verified_email: true };
const provider = (given: Parameters<typeof newProvider>[1] = {}) => newProvider(core, given);

test('the first sign-in creates the account, and later ones find and update it', async () => {
  const { come, portal_id } = await provider();
  const first = await come();
  expect(first).toMatchObject({
    must_change_password: false,
    developer: {
      portal_id,
      username: 'ada',
      name: 'Ada L.',
      email: 'ada@example.org',
      email_verified: true,
      state: 'Active',
      provider: 'sso',
    },
  });
  const again = await come({ name: 'Ada King', username: 'ada.king', email: 'king@example.org' });
  expect(again.developer).toMatchObject({
    id: first.developer.id,
    name: 'Ada King',
    username: 'ada.king',
    email: 'king@example.org',
    email_verified: true,
  });
  const nothing = await come({ name: null, username: null, email: null });
  expect(nothing.developer).toMatchObject({ name: 'Ada King', username: 'ada.king', email: 'king@example.org' });
  expect(await codeOf(inPersonAs(core, nothing.token))).toBe('none');
});

test('the subject and the login option identify the developer', async () => {
  const { come, portal_id } = await provider();
  const other = await provider({ portal: portal_id });
  const first = await come();
  expect((await come({ username: 'other', email: 'x@example.org' })).developer.id).toBe(first.developer.id);
  const second = await other.come({ username: 'ada2', email: 'other@example.org' });
  expect(second.developer.id).not.toBe(first.developer.id);
});

test('an alias finds the account when the subject claim changes', async () => {
  const { come } = await provider();
  const { developer } = await come({ subject: 'old' });
  const same = async (given: { subject: string; aliases?: string[] }) =>
    expect((await come(given)).developer.id).toBe(developer.id);
  await Promise.all([same({ subject: 'new', aliases: ['old'] }), same({ subject: 'new', aliases: ['old'] })]);
  await same({ subject: 'new' });
  await same({ subject: 'old' });
  await same({ subject: 'newest', aliases: ['none', 'new'] });
  const other = await come({ subject: 'other', username: 'other', email: null });
  // The subject takes precedence over its aliases.
  expect((await come({ subject: 'other', aliases: ['old'], username: 'other', email: null })).developer.id).toBe(
    other.developer.id,
  );
});

test('an address with an international domain is stored in Punycode, and an invalid one is ignored', async () => {
  const { come } = await provider({ settings: { allowed_email_domains: ['xn--bcher-kva.example'] } });
  const email = 'ada@Bücher.example';
  const { developer } = await come({ email, username: email });
  const kept = { email: 'ada@xn--bcher-kva.example', email_verified: true, username: 'ada@xn--bcher-kva.example' };
  expect(developer).toMatchObject(kept);
  expect((await come({ email, username: email })).developer).toMatchObject({ ...kept, id: developer.id });
  for (const none of ['ädä@example.org', 'ada@bücher.example/x', 'ada']) {
    const open = await provider();
    expect((await open.come({ email: none })).developer).toMatchObject({ email: null });
  }
});

test('a sign-in with the address of another account neither takes it over nor locks out its owner', async () => {
  const { come, portal_id } = await provider({ settings: { registration_auto_approval: true } });
  const invited = await inviteDeveloper.execute(as(), {
    portal_id,
    username: 'boss',
    password: PASSWORD,
    email: 'ada@example.org',
  });
  const { developer } = await come();
  expect(developer.id).not.toBe(invited.id);
  expect(developer).toMatchObject({ email: 'ada@example.org', email_verified: false });
  expect((await signIn(core, portal_id, { username: 'boss' })).developer.id).toBe(invited.id);
});

test('a verified address is taken from developers who only claimed it', async () => {
  const { come, portal_id } = await provider({ settings: { registration_auto_approval: true } });
  await registered(core, portal_id, 'squatter');
  const { developer } = await come({ email: 'squatter@example.org' });
  expect(developer).toMatchObject({ email: 'squatter@example.org', email_verified: true });
  const rows = await core.rows(`select username, email from developer where portal_id = ? and provider = 'builtin'`, [
    portal_id,
  ]);
  expect(rows).toEqual([{ username: 'squatter', email: null }]);
});

test.each([
  { emailVerified: false, trust_email: true, verified: false },
  { emailVerified: null, trust_email: true, verified: true },
  { emailVerified: null, trust_email: false, verified: false },
  { emailVerified: true, trust_email: false, verified: true },
])(
  'the claims and trust_email decide whether the address is verified: %j',
  async ({ emailVerified, trust_email, verified }) => {
    const { come, portal_id } = await provider({ config: { trust_email } });
    expect((await come({ emailVerified })).developer.email_verified).toBe(verified);
    const mails = await core.rows<{ kind: string }>('select kind from email where portal_id = ?', [portal_id]);
    expect(mails).toEqual(verified ? [] : [{ kind: 'verify_email' }]);
    expect((await come({ emailVerified: true })).developer.email_verified).toBe(true);
  },
);

test.each([
  ['that is taken', { username: 'ADA' }],
  ['that is missing', { username: null }],
  ['that is another email address', { username: 'other@example.org' }],
  ['that is too long', { username: 'x'.repeat(101) }],
  ['with control characters', { username: 'a\u0007' }],
])('a person can replace a username %s', async (_what, given) => {
  const { come, portal_id } = await provider();
  await inviteDeveloper.execute(as(), { portal_id, username: 'ada', password: PASSWORD });
  const person = { ...given, subject: 'sub-2', once: `once ${_what}` };
  expect(await codeOf(come(person))).toBe('username_needed');
  expect(await codeOf(come(person, { username: 'Ada' }))).toBe('username_needed');
  expect(await codeOf(come(person, { username: 'x@example.org' }))).toBe('username_needed');
  const { developer } = await come(person, { username: 'ada2' });
  expect(developer.username).toBe('ada2');
  expect((await come({ ...person, once: null })).developer.id).toBe(developer.id);
});

test('repeated changes of the address at the provider cause no further mails', async () => {
  const { come, portal_id } = await provider();
  for (const email of ['a@example.org', 'b@example.org', 'a@example.org', 'b@example.org'])
    await come({ email, emailVerified: false });
  const mails = await core.rows(`select "to" from email where portal_id = ?`, [portal_id]);
  expect(mails).toEqual([{ to: 'a@example.org' }]);
});

test('a developer of an identity provider can verify the address by mail', async () => {
  const { come, portal_id } = await provider();
  const { token, developer } = await come({ emailVerified: null });
  const ask = async (email = 'ada@example.org') => mailVerification.execute(await inPersonAs(core, token), { email });
  expect(await codeOf(ask('other@example.org'))).toBe('invalid_input');
  await ask();
  const link = await linkTokenTo(core, 'verify_email', 'ada@example.org');
  await verifyEmail.execute(core.as(anonymous), { portal_id, token: link });
  expect(await codeOf(ask())).toBe('illegal_state');
  expect((await come({ emailVerified: null })).developer).toMatchObject({ id: developer.id, email_verified: true });
  const mails = await core.rows('select 1 from email where portal_id = ?', [portal_id]);
  expect(mails).toHaveLength(2);
});

test('a repeated sign-in changes nothing, even if another developer owns the address', async () => {
  const { come, portal_id } = await provider();
  await inviteDeveloper.execute(as(), { portal_id, username: 'x', password: PASSWORD, email: 'taken@example.org' });
  for (const subject of ['own', 'taken']) {
    const person = { subject, username: subject, email: `${subject}@example.org` };
    const first = await come(person);
    const again = await come(person);
    expect(again.developer.updated_at).toBe(first.developer.updated_at);
  }
  const events = await core.rows(`select 1 from event where portal_id = ? and name = 'developer.updated'`, [portal_id]);
  expect(events).toEqual([]);
});

test.each(['', 'a\u0000', '\ud800', 'x'.repeat(1025), '字'.repeat(400)])(
  'a sign-in with the invalid subject %j is refused',
  async (subject) => {
    const { come } = await provider();
    expect(await codeOf(come({ subject }))).toBe('sign_in_refused');
  },
);

test('concurrent sign-ins with one address all succeed, and a single developer owns the address', async () => {
  const { come, portal_id } = await provider();
  const people = ['a', 'b', 'c', 'd', 'e', 'f'];
  await Promise.all(people.map((subject) => come({ subject, username: subject, email: `${subject}@example.org` })));
  const again = await Promise.all(
    people.map((subject) => come({ subject, username: subject, email: 'x@example.org' })),
  );
  expect(again.filter(({ developer }) => developer.email_verified)).toHaveLength(1);
  const rows = await core.rows(`select 1 from developer where portal_id = ? and email = 'x@example.org'`, [portal_id]);
  expect(rows.length).toBeGreaterThanOrEqual(1);
});

test('a developer whose username is the address keeps both when the address changes at the provider', async () => {
  const { come } = await provider();
  const first = await come({ username: 'ada@example.org' });
  expect(first.developer.username).toBe('ada@example.org');
  const { developer } = await come({ username: 'ada@example.org', email: 'new@example.org' });
  expect(developer).toMatchObject({ username: 'ada@example.org', email: 'ada@example.org', email_verified: true });
});

test('a login option without automatic approval creates a pending approval', async () => {
  const { come, portal_id } = await provider({
    settings: { approver_emails: ['team@example.org'] },
    config: { registration_auto_approval: false },
  });
  const { developer, token } = await come();
  expect(developer.state).toBe('Pending');
  const { list } = await listApprovals.execute(as(), { portal_id, status: 'pending' });
  expect(list).toMatchObject([{ applicant_id: developer.developer_id, resource_name: 'ada' }]);
  const mails = await core.rows(`select kind, "to" from email where portal_id = ?`, [portal_id]);
  expect(mails).toEqual([{ kind: 'registration_pending', to: 'team@example.org' }]);
  await acceptApproval.execute(as(), { approval_id: list[0]?.id ?? '' });
  expect((await come()).developer.state).toBe('Active');
  expect(await codeOf(inPersonAs(core, token))).toBe('none');
});

test('a provider response works once, even if it arrives several times concurrently', async () => {
  const { come } = await provider();
  await come({ once: 'a' });
  expect(await codeOf(come({ once: 'a' }))).toBe('sign_in_refused');
  const many = await Promise.allSettled(Array.from({ length: 8 }, () => come({ once: 'b' })));
  expect(many.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await codeOf(come({ once: 'c' }))).toBe('none');
});

test('concurrent first sign-ins of one person create one account', async () => {
  const { come, portal_id } = await provider();
  const came = await Promise.all(Array.from({ length: 8 }, () => come()));
  expect(new Set(came.map(({ developer }) => developer.id)).size).toBe(1);
  const rows = await core.rows('select 1 from developer where portal_id = ?', [portal_id]);
  expect(rows).toHaveLength(1);
});

test.each([
  {
    what: 'outside the allowed domains',
    settings: { allowed_email_domains: ['example.com'] },
    given: {},
    code: DOMAIN,
  },
  {
    what: 'missing although domains are limited',
    settings: { allowed_email_domains: ['x.org'] },
    given: { email: null },
    code: DOMAIN,
  },
  { what: 'not verified', settings: VERIFIED, given: { emailVerified: null }, code: 'email_not_verified' },
  {
    what: 'missing although it must be verified',
    settings: VERIFIED,
    given: { email: null },
    code: 'email_not_verified',
  },
  {
    what: 'verified and allowed',
    settings: { ...VERIFIED, allowed_email_domains: ['example.org'] },
    given: {},
    code: 'none',
  },
])('an address that is $what: $code', async ({ settings, given, code }) => {
  const { come, portal_id } = await provider({ settings });
  expect(await codeOf(come(given))).toBe(code);
  const rows = await core.rows('select 1 from developer where portal_id = ?', [portal_id]);
  expect(rows).toHaveLength(code === 'none' ? 1 : 0);
});
