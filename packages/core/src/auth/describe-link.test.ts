import { describe, expect, it } from 'vitest';
import { anonymous, codeOf, coreTest, PASSWORD } from '../testing/core-test.ts';
import { linkTokenTo, registered } from '../testing/in-person.ts';
import { describeLink } from './describe-link.ts';
import { forgotPassword } from './forgot-password.ts';
import { resetPassword } from './reset-password.ts';
import { verifyEmail } from './verify-email.ts';

const test = coreTest();

let count = 0;
/** Addresses are unique, because the tests share one database and find mails by address. */
async function someone() {
  count += 1;
  const [portal_id, username] = [await test.portal({ registration_auto_approval: true }), `ada${String(count)}`];
  await registered(test, portal_id, username);
  return { portal_id, username, email: `${username}@example.org` };
}

const verify = (portal_id: string, token: string) =>
  codeOf(verifyEmail.execute(test.as(anonymous), { portal_id, token }));
const forget = (portal_id: string, email: string) => forgotPassword.execute(test.as(anonymous), { portal_id, email });
const reset = (portal_id: string, token: string) =>
  codeOf(resetPassword.execute(test.as(anonymous), { portal_id, token, password: `${PASSWORD} the second` }));
const described = (portal_id: string, kind: 'verify_email' | 'password_reset', token: string) =>
  describeLink.execute(test.as(anonymous), { portal_id, kind, token });

describe('the description of a link', () => {
  it('names the developer before use and the status after, without using the link', async () => {
    const { portal_id, username, email } = await someone();
    const token = await linkTokenTo(test, 'verify_email', email);
    for (let times = 0; times < 3; times += 1)
      expect(await described(portal_id, 'verify_email', token)).toEqual({ status: 'valid', username, email });
    expect(await verify(portal_id, token)).toBe('none');
    expect(await described(portal_id, 'verify_email', token)).toEqual({ status: 'used', username: null, email: null });
    await forget(portal_id, email);
    const resetting = await linkTokenTo(test, 'password_reset', email);
    expect(await described(portal_id, 'password_reset', resetting)).toMatchObject({ status: 'valid', username });
    expect(await reset(portal_id, resetting)).toBe('none');
    expect(await reset(portal_id, resetting), 'the same password again').toBe('none');
    expect(await codeOf(described(portal_id, 'password_reset', resetting))).toBe('invalid_link');
  });

  it('fails for a forged link, and for a link of another kind or portal', async () => {
    const { portal_id, email } = await someone();
    const token = await linkTokenTo(test, 'verify_email', email);
    const other = await someone();
    for (const [portal, kind, text] of [
      [
        portal_id,
        'verify_email',
        token.replace(/\.(.)([^.]*)$/, (_, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}`),
      ],
      [portal_id, 'password_reset', token],
      [other.portal_id, 'verify_email', token],
      [portal_id, 'verify_email', 'x.1.y'],
    ] as const)
      expect(await codeOf(described(portal, kind, text))).toBe('invalid_link');
  });
});
