import { ldapConfig } from '@gatehouse/testing/ldap-config';
import { hasPrograms } from '@gatehouse/testing/programs';
import { SLAPD_PROGRAMS, startSlapd } from '@gatehouse/testing/slapd';
import { PASSWORD } from '@gatehouse/testing/slapd-config';
import { makeTestCa } from '@gatehouse/testing/test-ca';
import { expect, test } from 'vitest';
import { apiTest } from '../testing/api-test.ts';
import { jsonOf } from '../testing/serve.ts';

test.skipIf(!hasPrograms(...SLAPD_PROGRAMS))(
  'ends the previous session of the browser at a new sign-in through a directory',
  { timeout: 60_000 },
  async () => {
    await using api = await apiTest({ env: { RATE_LIMITS: 'off' } });
    const ca = makeTestCa();
    await using slapd = await startSlapd({ ca });
    const created = await api.api('/api/portals', { json: { name: 'Portal', slug: 'sso' } });
    const { id: portal } = await jsonOf(created);
    const json = { name: 'Company', provider_type: 'ldap', config: ldapConfig(slapd, ca) };
    const { id } = await jsonOf(await api.api(`/api/portals/${String(portal)}/login_options`, { json }));
    const path = `/api/portals/${String(portal)}/auth/sso/${String(id)}/login`;
    const logIn = async (token: string): Promise<string> => {
      const { token: made } = await jsonOf(
        await api.api(path, { token, json: { username: 'alice', password: PASSWORD } }),
      );
      return String(made);
    };
    const statusOf = async (token: string): Promise<number> => (await api.api('/api/me', { token })).status;
    const [first, elsewhere] = [await logIn(''), await logIn('')];
    const next = await logIn(first);
    expect([await statusOf(first), await statusOf(elsewhere), await statusOf(next)]).toEqual([401, 200, 200]);
  },
);
