import { expect, it } from 'vitest';
import { actingDeveloper } from '../testing/acting.ts';
import { coreTest, PASSWORD, worker } from '../testing/core-test.ts';
import { createCredential } from './create-credential.ts';
import { regenerateCredential } from './regenerate-credential.ts';
import { trimSecrets } from './trim-secrets.ts';

const test = coreTest();

it('deletes expired secrets only', async () => {
  const { as, application_id } = await actingDeveloper(test, await test.portal());
  const login = { username: 'ada', password: PASSWORD };
  const { id: key } = await createCredential.execute(as(), { application_id, type: 'key-auth', name: 'Key' });
  const { id: pair } = await createCredential.execute(as(), {
    application_id,
    type: 'basic-auth',
    name: 'Login',
    'basic-auth': login,
  });
  const now = new Date();
  const ref = { application_id, overlap_seconds: 60 };
  await regenerateCredential.execute(as(now), { ...ref, credential_id: key, type: 'key-auth' });
  await regenerateCredential.execute(as(now), {
    ...ref,
    credential_id: pair,
    type: 'basic-auth',
    'basic-auth': { ...login, password: `${PASSWORD}!` },
  });
  const leftAt = async (seconds: number) => {
    await trimSecrets(test.as(worker, new Date(now.getTime() + seconds * 1000)));
    const [keys, logins] = await Promise.all(
      ['credential_key', 'credential_login'].map((table) =>
        test.rows(`select expires_at is null as lasting from ${table} order by lasting`),
      ),
    );
    return { keys, logins };
  };
  const both = [{ lasting: false }, { lasting: true }];
  const lasting = [{ lasting: true }];
  expect(await leftAt(59.999)).toEqual({ keys: both, logins: both });
  expect(await leftAt(60)).toEqual({ keys: lasting, logins: lasting });
  expect(await leftAt(60)).toEqual({ keys: lasting, logins: lasting });
});
