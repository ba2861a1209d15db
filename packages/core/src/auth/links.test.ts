import { EmailId } from '@gatehouse/contract/ids';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { getDeveloper } from '../developer/get-developer.ts';
import { inviteDeveloper } from '../developer/invite-developer.ts';
import { suspendDeveloper } from '../developer/suspend-developer.ts';
import { updateDeveloper } from '../developer/update-developer.ts';
import { register } from './register.ts';
import { composeEmail } from '../testing/compose-email.ts';
import { getEmail } from '../email/get-email.ts';
import { deleteMe } from '../me/delete-me.ts';
import { updateMe } from '../me/update-me.ts';
import type * as password from '../crypto/password.ts';
import { hashPassword } from '../crypto/password.ts';
import { admin, anonymous, codeOf, coreTest, PASSWORD, worker } from '../testing/core-test.ts';
import { inPersonAs, linkTokenTo, registered, signIn } from '../testing/in-person.ts';
import { forgotPassword } from './forgot-password.ts';
import { resetPassword } from './reset-password.ts';
import { verifyEmail } from './verify-email.ts';

vi.mock('../crypto/password.ts', async (original) => {
  const real = await original<typeof password>();
  return { ...real, hashPassword: vi.fn(real.hashPassword) };
});
afterEach(() => {
  vi.restoreAllMocks();
});

const test = coreTest();
const HOUR = 3_600_000;
const later = (hours: number) => new Date(Date.now() + hours * HOUR);
const NEW = 'another horse battery staple';
const automatic = { registration_auto_approval: true };

let count = 0;
/** Usernames are unique, because the tests share one database and find mails by address. */
async function someone(settings: object = automatic) {
  count += 1;
  const [portal_id, username] = [await test.portal(settings), `ada${String(count)}`];
  await registered(test, portal_id, username);
  return { portal_id, username, email: `${username}@example.org` };
}

const verify = (portal_id: string, token: string, now?: Date) =>
  codeOf(verifyEmail.execute(test.as(anonymous, now), { portal_id, token }));
const forget = (portal_id: string, email: string) => forgotPassword.execute(test.as(anonymous), { portal_id, email });
const reset = (portal_id: string, token: string, given = NEW) =>
  codeOf(resetPassword.execute(test.as(anonymous), { portal_id, token, password: given }));
const stateOf = async (portal_id: string, username: string) => {
  const [row] = await test.rows<{ username: string; email: string | null; email_verified: boolean }>(
    'select username, email, email_verified from developer where portal_id = ? and username_key = ?',
    [portal_id, username],
  );
  return row;
};

describe('a verification link', () => {
  it('works once, unchanged, before it expires, in its portal and for its purpose', async () => {
    const { portal_id, username, email } = await someone();
    const token = await linkTokenTo(test, 'verify_email', email);
    const [uid = '', expiry = '', signature = ''] = token.split('.');
    const spoilt = [
      `${uid}.${String(Number(expiry) + 1)}.${signature}`,
      `${uid}.${expiry}.${signature.slice(0, -2)}`,
      `${uid}.${expiry}`,
      `${token}.x`,
      `0190f3a0-0000-7000-8000-000000000000.${expiry}.${signature}`,
      'x',
    ];
    for (const wrong of spoilt) expect([wrong, await verify(portal_id, wrong)]).toEqual([wrong, 'invalid_link']);
    expect(await verify(await test.portal(), token)).toBe('invalid_link');
    expect(await reset(portal_id, token)).toBe('invalid_link');
    expect(await verify(portal_id, token, later(24.1))).toBe('invalid_link');
    expect(await stateOf(portal_id, username)).toMatchObject({ email_verified: false });
    expect(await verify(portal_id, token)).toBe('none');
    expect(await stateOf(portal_id, username)).toMatchObject({ email_verified: true });
    expect(await verify(portal_id, token)).toBe('invalid_link');
    const events = await test.rows(
      `select actor_kind, changed from event where portal_id = ? and name = 'developer.email_verified'`,
      [portal_id],
    );
    expect(events).toEqual([{ actor_kind: 'developer', changed: ['email_verified'] }]);
  });

  it('accepts the account id in upper case', async () => {
    const { portal_id, email } = await someone();
    const [uid = '', ...signed] = (await linkTokenTo(test, 'verify_email', email)).split('.');
    expect(await verify(portal_id, [uid.toUpperCase(), ...signed].join('.'))).toBe('none');
  });

  it('has a single winner among concurrent uses', async () => {
    const { portal_id, email } = await someone();
    const token = await linkTokenTo(test, 'verify_email', email);
    const codes = await Promise.all(Array.from({ length: 5 }, () => verify(portal_id, token)));
    expect(codes.toSorted()).toEqual(['invalid_link', 'invalid_link', 'invalid_link', 'invalid_link', 'none']);
  });

  it('stops working when the account is suspended or the address changes', async () => {
    const { portal_id, username, email } = await someone();
    const token = await linkTokenTo(test, 'verify_email', email);
    const [{ developer_id } = { developer_id: '' }] = await test.rows<{ developer_id: string }>(
      'select developer_id from developer where portal_id = ? and username = ?',
      [portal_id, username],
    );
    await suspendDeveloper.execute(test.as(admin()), { portal_id, developer_id });
    expect(await verify(portal_id, token)).toBe('invalid_link');
    await test.rows(`update developer set state = 'Active' where portal_id = ? returning 1`, [portal_id]);
    await updateDeveloper.execute(test.as(admin()), { portal_id, developer_id, email: `new.${email}` });
    expect(await verify(portal_id, token)).toBe('invalid_link');
    await expect(linkTokenTo(test, 'verify_email', email)).rejects.toThrow('The link was used or replaced.');
  });

  it('appears in the mail only', async () => {
    const { portal_id, email } = await someone();
    const token = await linkTokenTo(test, 'verify_email', email);
    // Earlier releases accepted such a URL.
    const setUrl = 'update portal set public_url = ? where id = ? returning 1';
    await test.rows(setUrl, ['https://portal.example/dev/?a=1#b', portal_id]);
    const [mail] = await test.rows<{ id: string }>('select * from email where "to" = ?', [email]);
    const composed = await composeEmail(test.as(worker), EmailId.parse(mail?.id ?? ''));
    expect(composed).toMatchObject({
      text: expect.stringContaining(`https://portal.example/dev/verify_email?token=${token}\n`),
      subject: 'Confirm your email address',
    });
    expect(await composeEmail(test.as(worker, later(25)), EmailId.parse(mail?.id ?? ''))).toMatchObject({
      kind: 'unwanted',
      reason: 'The link has expired.',
    });
    const { text } = await getEmail.execute(test.as(admin()), { email_id: mail?.id ?? '' });
    expect(text).toContain('[link]');
    const everything = JSON.stringify([mail, text, await test.rows('select * from event')]);
    for (const part of token.split('.').slice(2)) expect(everything).not.toContain(part);
  });
});

describe('an address', () => {
  it('belongs to the developer who verifies it, and is removed from those who only claimed it', async () => {
    const portal_id = await test.portal(automatic);
    const email = 'owner@example.org';
    const register = (username: string) => registered(test, portal_id, username);
    await register('owner');
    const token = await linkTokenTo(test, 'verify_email', email);
    for (const squatter of ['squatter', email]) {
      await register('temporary');
      await test.rows(
        `update developer set username = ?, username_key = ?, email = ?, email_key = ? where username = 'temporary' and portal_id = ? returning 1`,
        [squatter, squatter, email, email, portal_id],
      );
    }
    // The second squatter uses the address as the username.
    expect(await verify(portal_id, token)).toBe('none');
    expect(await stateOf(portal_id, 'squatter')).toMatchObject({ email: null });
    expect(await stateOf(portal_id, email)).toBeUndefined();
    const { developer } = await signIn(test, portal_id, { username: email });
    expect(developer.username).toBe('owner');
    const displaced = await test.rows(`select 1 from event where portal_id = ? and name = 'developer.updated'`, [
      portal_id,
    ]);
    expect(displaced).toHaveLength(2);
  });

  it('set by an admin cannot be verified by another developer', async () => {
    const { portal_id, username, email } = await someone();
    const token = await linkTokenTo(test, 'verify_email', email);
    await inviteDeveloper.execute(test.as(admin()), { portal_id, username: 'invited', password: PASSWORD, email });
    expect(await verify(portal_id, token)).toBe('email_taken');
    expect(await stateOf(portal_id, username)).toMatchObject({ email_verified: false });
  });
});

describe('a reset of a forgotten password', () => {
  it('sets the password once, ends every session and verifies the address', async () => {
    const { portal_id, username, email } = await someone();
    await test.rows(`update developer set email_set_by_admin = true where portal_id = ? returning 1`, [portal_id]);
    const { token: session } = await signIn(test, portal_id, { username });
    await forget(portal_id, email.toUpperCase());
    const token = await linkTokenTo(test, 'password_reset', email);
    expect(await reset(portal_id, token, 'too short')).toBe('invalid_input');
    expect(await reset(portal_id, token)).toBe('none');
    expect(await reset(portal_id, token, `${NEW} or not`)).toBe('invalid_link');
    expect(await reset(portal_id, token), 'the form sent twice').toBe('none');
    expect(await codeOf(inPersonAs(test, session))).toBe('unauthenticated');
    expect(await codeOf(signIn(test, portal_id, { username }))).toBe('invalid_login');
    expect(await codeOf(signIn(test, portal_id, { username: email, password: NEW }))).toBe('none');
  });

  it('sends a verification link instead if the address is unverified', async () => {
    const { portal_id, email } = await someone();
    await forget(portal_id, email);
    const kinds = await test.rows('select kind from email where "to" = ? order by id', [email]);
    expect(kinds).toEqual([{ kind: 'verify_email' }, { kind: 'verify_email' }]);
    expect(await verify(portal_id, await linkTokenTo(test, 'verify_email', email))).toBe('none');
  });

  it('computes no hash for an invalid link', async () => {
    const { portal_id } = await someone();
    vi.mocked(hashPassword).mockClear();
    expect(await reset(portal_id, 'x.1.y')).toBe('invalid_link');
    expect(hashPassword).not.toHaveBeenCalled();
  });
});

describe("the developer's own account", () => {
  async function signedIn(settings: object = automatic) {
    const one = await someone(settings);
    const { token } = await signIn(test, one.portal_id, { username: one.username });
    return { ...one, token, as: () => inPersonAs(test, token) };
  }

  it('can be changed, and gets a new address once it is confirmed', async () => {
    const { portal_id, username, email, as } = await signedIn();
    await verify(portal_id, await linkTokenTo(test, 'verify_email', email));
    for (const [given, code] of [
      [{}, 'invalid_input'],
      [{ current_password: 'wrong' }, 'wrong_password'],
    ] as const)
      expect(await codeOf(updateMe.execute(await as(), { email: `new.${email}`, ...given }))).toBe(code);
    expect(await stateOf(portal_id, username)).toMatchObject({ email_verified: true });
    const changed = await updateMe.execute(await as(), {
      current_password: PASSWORD,
      name: 'Ada L.',
      email: `new.${email}`,
      labels: { team: 'a' },
    });
    expect(changed).toMatchObject({
      name: 'Ada L.',
      email,
      email_verified: true,
      pending_email: `new.${email}`,
      labels: { team: 'a' },
    });
    expect(await codeOf(signIn(test, portal_id, { username: email }))).toBe('none');
    expect(await verify(portal_id, await linkTokenTo(test, 'verify_email', `new.${email}`))).toBe('none');
    expect(await stateOf(portal_id, username)).toMatchObject({ email: `new.${email}`, email_verified: true });
    expect(await codeOf(signIn(test, portal_id, { username: email }))).toBe('invalid_login');
    await updateMe.execute(await as(), { name: 'Ada L.' });
    const events = await test.rows(
      `select actor_kind, changed from event where portal_id = ? and name = 'developer.updated'`,
      [portal_id],
    );
    expect(events).toEqual([{ actor_kind: 'developer', changed: ['name', 'labels', 'pending_email'] }]);
  });

  it('gets no reset link if several developers claim the address', async () => {
    const portal_id = await test.portal();
    const email = 'shared@example.org';
    for (const username of ['first', 'second'])
      await register.execute(test.as(anonymous), { portal_id, username, password: PASSWORD, email });
    const links = () =>
      test.rows(`select 1 from email where portal_id = ? and kind = 'verify_email' and "to" = ?`, [portal_id, email]);
    const before = (await links()).length;
    await forgotPassword.execute(test.as(anonymous), { portal_id, email });
    expect((await links()).length).toBe(before);
  });

  it('rejects an address of a domain that the portal does not allow', async () => {
    const { as } = await signedIn({ ...automatic, allowed_email_domains: ['example.org'] });
    expect(await codeOf(updateMe.execute(await as(), { email: 'a@other.example', current_password: PASSWORD }))).toBe(
      'email_domain_not_allowed',
    );
  });

  it('can be deleted with the password', async () => {
    const { portal_id, username, token, as } = await signedIn();
    const { developer_id } = await signIn(test, portal_id, { username }).then(({ developer }) => developer);
    expect(await codeOf(deleteMe.execute(await as(), { password: 'wrong' }))).toBe('wrong_password');
    expect(await deleteMe.execute(await as(), { password: PASSWORD })).toMatchObject({
      status: 'pending',
      cause: 'deleted',
      requested_by: developer_id,
    });
    expect(await codeOf(inPersonAs(test, token))).toBe('unauthenticated');
    expect(await codeOf(getDeveloper.execute(test.as(admin()), { portal_id, developer_id }))).toBe('not_found');
  });
});
