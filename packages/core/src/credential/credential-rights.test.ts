import { afterEach, describe, expect, it, vi } from 'vitest';
import { deleteApplication } from '../application/delete-application.ts';
import { suspendDeveloper } from '../developer/suspend-developer.ts';
import type * as password from '../crypto/password.ts';
import { hashPassword } from '../crypto/password.ts';
import { actingDeveloper, type Acting } from '../testing/acting.ts';
import { admin, codeOf, coreTest, PASSWORD, portalToken } from '../testing/core-test.ts';
import { createCredential } from './create-credential.ts';
import { deleteCredential } from './delete-credential.ts';
import { getCredential } from './get-credential.ts';
import { listCredentialsOfApplication } from './list-credentials-of-application.ts';
import { listCredentials } from './list-credentials.ts';
import { regenerateCredential } from './regenerate-credential.ts';
import { updateCredential } from './update-credential.ts';

vi.mock('../crypto/password.ts', async (original) => {
  const real = await original<typeof password>();
  return { ...real, hashPassword: vi.fn(real.hashPassword) };
});
afterEach(() => {
  vi.mocked(hashPassword).mockClear();
});

const test = coreTest();
const LOGIN = { type: 'basic-auth', 'basic-auth': { username: 'shop', password: PASSWORD } } as const;
const create = ({ as, application_id }: Acting) =>
  createCredential.execute(as(), { application_id, ...LOGIN, name: 'Shop' });

/** Every call about one credential, each made with a given context. */
type Call = (as: Acting['as']) => Promise<unknown>;
type Calls = { get: Call; update: Call; regenerate: Call; delete: Call };
const callsOn = (ref: { application_id: string; credential_id: string }): Calls => ({
  get: (as) => getCredential.execute(as(), ref),
  update: (as) => updateCredential.execute(as(), { ...ref, type: 'basic-auth', name: 'New' }),
  regenerate: (as) => regenerateCredential.execute(as(), { ...ref, ...LOGIN }),
  delete: (as) => deleteCredential.execute(as(), ref),
});
const codesOf = async (calls: Calls, as: Acting['as']) => ({
  get: await codeOf(calls.get(as)),
  update: await codeOf(calls.update(as)),
  regenerate: await codeOf(calls.regenerate(as)),
  delete: await codeOf(calls.delete(as)),
});
const all = (code: string) => ({ get: code, update: code, regenerate: code, delete: code });

describe('credentials', () => {
  it('are visible only to their developer, their portal and admins, and refused calls compute no hash', async () => {
    const [own, foreign] = [await test.portal(), await test.portal()];
    const ada = await actingDeveloper(test, own);
    const [bob, eve] = [await actingDeveloper(test, own, 'bob'), await actingDeveloper(test, foreign)];
    const { id: credential_id } = await create(ada);
    const calls = callsOn({ application_id: ada.application_id, credential_id });
    const portal = () => test.as(portalToken(foreign));
    const bound = () => test.as(admin(['*'], foreign));
    vi.mocked(hashPassword).mockClear();
    for (const as of [bob.as, eve.as, portal, bound]) {
      expect(await codesOf(calls, as)).toEqual(all('not_found'));
      expect(await codeOf(create({ ...ada, as }))).toBe('not_found');
      expect(await codeOf(listCredentialsOfApplication.execute(as(), { application_id: ada.application_id }))).toBe(
        'not_found',
      );
      expect(await listCredentials.execute(as(), {})).toMatchObject({ list: [], total: 0 });
    }
    expect(await codeOf(listCredentials.execute(ada.as(), { portal_id: foreign }))).toBe('not_found');
    // The credential belongs to another application of the same portal.
    const elsewhere = callsOn({ application_id: bob.application_id, credential_id });
    expect(await codesOf(elsewhere, () => test.as(portalToken(own)))).toEqual(all('not_found'));
    expect(hashPassword).not.toHaveBeenCalled();
    for (const as of [ada.as, () => test.as(portalToken(own)), () => test.as(admin(['*'], own))]) {
      expect(await listCredentials.execute(as(), {})).toMatchObject({ total: 1 });
      expect(await codesOf({ ...calls, delete: calls.get }, as)).toEqual(all('none'));
    }
    expect(await codesOf(calls, () => test.as(portalToken(own)))).toEqual(all('none'));
    expect(await codesOf(calls, ada.as)).toEqual(all('not_found'));
  });

  it('require a scope to be read and another to be changed', async () => {
    const ada = await actingDeveloper(test, await test.portal());
    const { id: credential_id } = await create(ada);
    const calls = callsOn({ application_id: ada.application_id, credential_id });
    const reader = () => test.as(admin(['credentials:read', 'applications:write'], ada.ref.portal_id));
    expect(await codesOf(calls, reader)).toEqual({ ...all('forbidden'), get: 'none' });
    expect(await codeOf(create({ ...ada, as: reader }))).toBe('forbidden');
  });

  it.each(['Pending', 'Suspended'])(
    'cannot be created or regenerated for a %s developer by any caller',
    async (state) => {
      const ada = await actingDeveloper(test, await test.portal());
      const { id: credential_id } = await create(ada);
      const calls = callsOn({ application_id: ada.application_id, credential_id });
      // The context still holds the developer's former state.
      await test.rows('update developer set state = ? where developer_id = ? returning 1', [
        state,
        ada.ref.developer_id,
      ]);
      vi.mocked(hashPassword).mockClear();
      expect(await codesOf(calls, ada.as)).toEqual({ ...all('developer_not_active'), get: 'none' });
      const portal = () => test.as(portalToken(ada.ref.portal_id));
      for (const as of [ada.as, portal]) expect(await codeOf(create({ ...ada, as }))).toBe('developer_not_active');
      expect(await codeOf(calls.regenerate(portal))).toBe('developer_not_active');
      expect(hashPassword).not.toHaveBeenCalled();
      expect([await codeOf(calls.update(portal)), await codeOf(calls.delete(portal))]).toEqual(['none', 'none']);
    },
  );
});

describe('concurrently', () => {
  /** Makes the calls while another transaction holds an uncommitted change. */
  async function whileChanging<T>(change: string, { ref }: Acting, late: () => Promise<T>[]): Promise<T[]> {
    const { calls } = await test
      .orm()
      .em.fork()
      .transactional(async (em) => {
        await em.execute(change, [ref.developer_id]);
        const begun = late();
        // Leaves all calls time to reach the lock, where they must wait for the change.
        await Promise.race([...begun, new Promise((resolve) => setTimeout(resolve, 500))]);
        return { calls: begun };
      });
    return Promise.all(calls);
  }

  it.each([
    { change: 'left_at = now()', code: 'not_found' },
    { change: `state = 'Suspended'`, code: 'developer_not_active' },
  ])('$change wins over concurrent changes of credentials', async ({ change, code }) => {
    const ada = await actingDeveloper(test, await test.portal());
    const { id: credential_id } = await create(ada);
    const { application_id } = ada;
    const key = { application_id, type: 'key-auth', name: 'Late' } as const;
    const calls = callsOn({ application_id, credential_id });
    const portal = () => test.as(portalToken(ada.ref.portal_id));
    const codes = await whileChanging(`update developer set ${change} where developer_id = ?`, ada, () => [
      codeOf(createCredential.execute(ada.as(), key)),
      codeOf(createCredential.execute(portal(), key)),
      codeOf(calls.regenerate(portal)),
      codeOf(calls.update(ada.as)),
      codeOf(calls.delete(ada.as)),
    ]);
    expect(codes).toEqual(codes.map(() => code));
    expect(await test.rows('select name from credential where application_id = ?', [application_id])).toEqual([
      { name: 'Shop' },
    ]);
  });

  it('a deleted application leaves no credentials', async () => {
    const ada = await actingDeveloper(test, await test.portal());
    const key = { application_id: ada.application_id, type: 'key-auth', name: 'Key' } as const;
    const codes = await Promise.all([
      ...Array.from({ length: 5 }, () => codeOf(createCredential.execute(ada.as(), key))),
      codeOf(deleteApplication.execute(ada.as(), { application_id: ada.application_id })),
    ]);
    expect(codes.at(-1)).toBe('none');
    for (const code of codes) expect(['none', 'not_found']).toContain(code);
    expect(await test.rows('select 1 from credential where application_id = ?', [ada.application_id])).toEqual([]);
  });

  it('several regenerations leave one current secret and one in overlap', async () => {
    const ada = await actingDeveloper(test, await test.portal());
    const { application_id } = ada;
    const { id: credential_id } = await createCredential.execute(ada.as(), {
      application_id,
      type: 'key-auth',
      name: 'Key',
    });
    const renew = () =>
      regenerateCredential.execute(ada.as(), { application_id, credential_id, type: 'key-auth', overlap_seconds: 60 });
    await Promise.all(Array.from({ length: 5 }, renew));
    const held = await test.rows<{ lasting: boolean }>(
      'select expires_at is null as lasting from credential_key where credential_id = ? order by lasting',
      [credential_id],
    );
    expect(held.map(({ lasting }) => lasting)).toEqual([false, true]);
  });
});

it('a suspended developer keeps the credentials', async () => {
  const ada = await actingDeveloper(test, await test.portal());
  await create(ada);
  await suspendDeveloper.execute(test.as(admin()), ada.ref);
  expect(await listCredentials.execute(ada.as(), {})).toMatchObject({ total: 1 });
});
