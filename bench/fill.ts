import { sha256 } from '@gatehouse/core/crypto/secret';
import type pg from 'pg';
import { holderAt } from './holder.ts';

const DEVELOPERS = `insert into developer (id, portal_id, developer_id, username, username_key, name, state, provider, created_at, updated_at)
  select uid, $2, id, id, id, id, 'Active', 'builtin', now(), now() from holder`;
const APPLICATIONS = `insert into application (id, developer_uid, name, created_at, updated_at)
  select application, uid, 'bench', now(), now() from holder`;
const CREDENTIALS = `insert into credential (id, application_id, type, name, created_at, updated_at)
  select credential, application, 'key-auth', 'bench', now(), now() from holder`;
const KEYS = `insert into credential_key (hash, credential_id) select hash, credential from holder`;
const SUBSCRIPTIONS = `insert into subscription (id, developer_uid, application_id, api_product_id, status, subscribed_at, created_at)
  select subscription, uid, application, $2, 'subscribed', now(), now() from holder`;

const HOLDERS = `with holder as (select * from jsonb_to_recordset($1::jsonb)
  as holder(uid uuid, id text, application uuid, credential uuid, subscription uuid, hash text))`;

/** Rows per statement. */
const BATCH = 10_000;

type Product = { portalId: string; apiProductId: string };

/** Creates a developer with an application, a credential and a subscription for each key, in the form the api stores. */
export async function fill(database: pg.Pool, keys: readonly string[], { portalId, apiProductId }: Product) {
  const statements: [string, string[]][] = [
    [DEVELOPERS, [portalId]],
    [APPLICATIONS, []],
    [CREDENTIALS, []],
    [KEYS, []],
    [SUBSCRIPTIONS, [apiProductId]],
  ];
  for (let at = 0; at < keys.length; at += BATCH) {
    const holders = JSON.stringify(keys.slice(at, at + BATCH).map((key, n) => rowOf(key, at + n)));
    for (const [statement, values] of statements) await database.query(`${HOLDERS} ${statement}`, [holders, ...values]);
  }
  await database.query('vacuum analyze');
}

function rowOf(key: string, n: number): object {
  const { developerUid, developerId, applicationId, credentialId, subscriptionId } = holderAt(n);
  return {
    uid: developerUid,
    id: developerId,
    application: applicationId,
    credential: credentialId,
    subscription: subscriptionId,
    hash: sha256(key),
  };
}
