import { describe, expect, it } from 'vitest';
import { inviteDeveloper } from '../developer/invite-developer.ts';
import { admin, anonymous, coreTest, PASSWORD } from '../testing/core-test.ts';
import { inPersonAs } from '../testing/in-person.ts';
import { changePassword } from '../auth/change-password.ts';
import { login } from '../auth/login.ts';
import { listSessions } from '../me/list-sessions.ts';

const test = coreTest();

describe('the device of a session', () => {
  const CHROME =
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';

  it.each([
    [CHROME, { browser: 'Chrome', system: 'Linux' }],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
      { browser: 'Firefox', system: 'Windows' },
    ],
    ['curl/8.5.0', null],
    ['<script>', null],
  ])('is read from the user agent %s', async (userAgent, device) => {
    const portal_id = await test.portal();
    await inviteDeveloper.execute(test.as(admin()), { portal_id, username: 'ada', password: PASSWORD });
    const origin = { address: '192.0.2.7', userAgent };
    const call = { ...test.as(anonymous), origin };
    const { token } = await login.execute(call, { portal_id, username: 'ada', password: PASSWORD });
    const changed = { ...(await inPersonAs(test, token)), origin };
    const { token: renewed } = await changePassword.execute(changed, {
      current_password: PASSWORD,
      new_password: `${PASSWORD} the second`,
      portal_id,
    });
    const { list } = await listSessions.execute(await inPersonAs(test, renewed), {});
    expect(list).toMatchObject([{ device, address: '192.0.2.7', current: true }]);
  });
});
