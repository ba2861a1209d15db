import { DUMMY_HASH } from '@gatehouse/core/crypto/password';
import type pg from 'pg';

/** A developer with a verified address and a password, derived from n. */
export const accountAt = (n: number) => ({
  uid: `01930000-0000-7000-8004-${n.toString(16).padStart(12, '0')}`,
  username: `developer-${String(n)}`,
  email: `developer-${String(n)}@example.org`,
});

const ACCOUNTS = `insert into developer (id, portal_id, developer_id, username, username_key, name, email, email_key,
    email_verified, state, provider, password_hash, created_at, updated_at)
  select uid, $2, username, username, username, username, email, email, true, 'Active', 'builtin', $3, now(), now()
  from jsonb_to_recordset($1::jsonb) as account(uid uuid, username text, email text)`;

export async function fillAccounts(database: pg.Pool, portalId: string, count: number): Promise<void> {
  const accounts = JSON.stringify(Array.from({ length: count }, (_, n) => accountAt(n)));
  await database.query(ACCOUNTS, [accounts, portalId, DUMMY_HASH]);
  await database.query('vacuum analyze');
}
