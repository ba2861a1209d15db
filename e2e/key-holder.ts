import { newKey } from '@gatehouse/core/credential/key-format';
import { hashPassword } from '@gatehouse/core/password';
import { sha256 } from '@gatehouse/core/secret';
import { call, PASSWORD } from './api.ts';
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

export async function newKeyHolder(system: System, portalId: string): Promise<KeyHolder> {
  const username = `holder-${Math.random().toString(36).slice(2)}`;
  const { body: developer } = await call(system, `POST /api/portals/${portalId}/developers/invites`, {
    body: { username, password: PASSWORD },
  });
  const insert = async (statement: string, values: unknown[]): Promise<string> => {
    const [row] = await system.sql<{ id: string }>(statement, values);
    return row?.id ?? '';
  };
  const applicationId = await insert(
    `insert into application (id, developer_uid, name, created_at, updated_at)
     values (gen_random_uuid(), $1, 'app', now(), now()) returning id`,
    [developer['id']],
  );
  const credential = `insert into credential (id, application_id, type, name, username, created_at, updated_at)
    values (gen_random_uuid(), $1, $2, $2, $3, now(), now()) returning id`;
  const keyId = await insert(credential, [applicationId, 'key-auth', null]);
  const key = newKey();
  await system.sql('insert into credential_key (hash, credential_id) values ($1, $2)', [sha256(key), keyId]);
  const loginId = await insert(credential, [applicationId, 'basic-auth', username]);
  await system.sql(
    `insert into credential_login (id, credential_id, portal_id, username, password_hash)
     values (gen_random_uuid(), $1, $2, $3, $4)`,
    [loginId, portalId, username, await hashPassword(PASSWORD, { queue: 1 })],
  );
  return {
    developerId: String(developer['developer_id']),
    applicationId,
    key,
    keyId,
    username,
    password: PASSWORD,
    loginId,
  };
}

export async function subscribe(system: System, { applicationId }: KeyHolder, apiProductId: string): Promise<void> {
  await system.sql(
    `insert into subscription (id, developer_uid, application_id, api_product_id, status, created_at)
     select gen_random_uuid(), developer_uid, id, $2, 'subscribed', now() from application where id = $1`,
    [applicationId, apiProductId],
  );
}
