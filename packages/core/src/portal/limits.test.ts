import { describe, expect, it } from 'vitest';
import { createApplication } from '../application/create-application.ts';
import { deleteApplication } from '../application/delete-application.ts';
import { createCredential } from '../credential/create-credential.ts';
import { deleteCredential } from '../credential/delete-credential.ts';
import { codeOf, admin, coreTest } from '../testing/core-test.ts';
import { signedIn } from '../testing/in-person.ts';
import { patiently } from '../testing/patiently.ts';
import { subscriber } from '../testing/subscribers.ts';
import { updatePortal } from './update-portal.ts';

const test = coreTest();
const KEY = { type: 'key-auth', name: 'Key' } as const;

const tally = async (calls: Promise<unknown>[]) => {
  const codes = await Promise.all(calls.map(codeOf));
  return Object.fromEntries([...Map.groupBy(codes, (code) => code)].map(([code, all]) => [code, all.length]));
};

describe('a portal limits', () => {
  it('the applications of each developer, even for concurrent calls', async () => {
    const portal_id = await test.portal({ max_applications: 5 });
    const [ada, bob] = [await subscriber(test, portal_id), await subscriber(test, portal_id, 'bob')];
    const create = () => createApplication.execute(ada.as(), { name: 'Shop' });
    expect(await tally(Array.from({ length: 40 }, () => patiently(create)))).toEqual({ none: 5, limit_reached: 35 });
    await expect(create()).rejects.toThrow("The portal's setting max_applications allows 5.");
    expect(await codeOf(bob.application())).toBe('none');
    const [one] = await test.rows<{ id: string }>('select id from application where developer_uid = ?', [ada.uid]);
    await deleteApplication.execute(ada.as(), { application_id: one?.id ?? '' });
    expect(await tally([create(), create()])).toEqual({ none: 1, limit_reached: 1 });
  });

  it('the credentials of each application, for every caller', async () => {
    const portal_id = await test.portal({ max_credentials: 3 });
    const ada = await subscriber(test, portal_id);
    const [application_id, other] = [await ada.application(), await ada.application()];
    const create = (as = ada.as()) => createCredential.execute(as, { portal_id, application_id, ...KEY });
    expect(await tally(Array.from({ length: 40 }, () => patiently(create)))).toEqual({ none: 3, limit_reached: 37 });
    await expect(create(test.as(admin()))).rejects.toThrow("The portal's setting max_credentials allows 3.");
    const { id } = await createCredential.execute(ada.as(), { application_id: other, ...KEY });
    await deleteCredential.execute(ada.as(), { application_id: other, credential_id: id });
    const [kept] = await test.rows<{ id: string }>('select id from credential where application_id = ?', [
      application_id,
    ]);
    await deleteCredential.execute(ada.as(), { application_id, credential_id: kept?.id ?? '' });
    expect(await codeOf(create())).toBe('none');
  });

  it('developers in person to 100 applications and 20 credentials by default', async () => {
    const ada = await signedIn(test);
    const as = await ada.as();
    const { id: application_id } = await createApplication.execute(as, { name: 'Shop' });
    await test.rows(
      `insert into application (id, developer_uid, name, created_at, updated_at)
       select gen_random_uuid(), developer_uid, 'more', now(), now() from application, generate_series(1, 99) where id = ? returning 1`,
      [application_id],
    );
    expect(await codeOf(createApplication.execute(as, { name: 'Shop' }))).toBe('limit_reached');
    const keys = Array.from({ length: 21 }, () => createCredential.execute(as, { application_id, ...KEY }));
    expect(await tally(keys)).toEqual({ none: 20, limit_reached: 1 });
  });

  it('new records only, and keeps existing ones when the limit is lowered', async () => {
    const portal_id = await test.portal();
    const ada = await subscriber(test, portal_id);
    await Promise.all([ada.application(), ada.application()]);
    const limit = (max_applications: number | null) =>
      updatePortal.execute(test.as(admin()), { portal_id, settings: { max_applications } });
    await limit(0);
    expect(await codeOf(ada.application())).toBe('limit_reached');
    expect(await test.rows('select 1 from application where developer_uid = ?', [ada.uid])).toHaveLength(2);
    expect((await limit(null)).settings.max_applications).toBe(100);
    expect(await codeOf(ada.application())).toBe('none');
  });
});
