import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '@gatehouse/core/crypto/secret';
import type pg from 'pg';
import { PRODUCT } from '../data/ids.ts';
import { keyAt, knownKeys } from '../data/keys.ts';
import type { Request } from './load.ts';

type Holder = { developerId: string; applicationId: string; credentialId: string };

/** The known keys of a data set with their holders. */
export type KnownKeys = {
  keys: readonly string[];
  holders: ReadonlyMap<string, Holder>;
  /** The same for another process, as JSON. */
  file: string;
};

const FIND = `select k.hash, d.developer_id as "developerId", a.id as "applicationId", c.id as "credentialId"
  from credential_key k join credential c on c.id = k.credential_id join application a on a.id = c.application_id
  join developer d on d.id = a.developer_uid where k.hash = any($1)`;

export async function readKnownKeys(database: pg.Pool, developers: number, scratch: string): Promise<KnownKeys> {
  const keys = Array.from({ length: knownKeys(developers) }, (_, n) => keyAt(n));
  const byHash = new Map(keys.map((key) => [sha256(key), key]));
  const { rows } = await database.query<Holder & { hash: string }>(FIND, [[...byHash.keys()]]);
  const holders = new Map(rows.map(({ hash, ...holder }) => [byHash.get(hash) ?? '', holder]));
  if (holders.size < keys.length) throw new Error('The data set lacks some of the known keys.');
  const file = join(scratch, `holders-${String(developers)}.json`);
  writeFileSync(file, JSON.stringify(Object.fromEntries(holders)));
  return { keys, holders, file };
}

export const verify = (key: string): Request => ({
  method: 'GET',
  path: `/gateway/verify/${PRODUCT}`,
  headers: { apikey: key },
});
