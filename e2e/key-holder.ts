import { call, createApplication, createCredential, PASSWORD } from './api.ts';
import type { System } from './system.ts';

/** A developer with an application and both kinds of credential. */
export type KeyHolder = {
  developerId: string;
  applicationId: string;
  key: string;
  keyId: string;
  username: string;
  password: string;
  loginId: string;
};

export async function newKeyHolder(system: System, portal_id: string): Promise<KeyHolder> {
  const username = `holder-${Math.random().toString(36).slice(2)}`;
  const { body: developer } = await call(system, `POST /api/portals/${portal_id}/developers/invites`, {
    body: { username, password: PASSWORD },
  });
  const developerId = String(developer['developer_id']);
  const application = await createApplication(system, portal_id, developerId);
  const ref = { portal_id, application_id: String(application['id']) };
  const made = await createCredential(system, ref);
  const password = 'eleven small green words';
  const login = await createCredential(system, ref, {
    type: 'basic-auth',
    name: 'Login',
    'basic-auth': { username, password },
  });
  return {
    developerId,
    applicationId: ref.application_id,
    key: String(Reflect.get(Object(made['key-auth']), 'key')),
    keyId: String(made['id']),
    username,
    password,
    loginId: String(login['id']),
  };
}
