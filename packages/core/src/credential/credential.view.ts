import { rowId } from '@gatehouse/contract/ids';
import { z } from 'zod';
import { Credential as View, type NewCredential } from '@gatehouse/contract/credential';
import type { Credential } from '@gatehouse/db/entities/credential.entity';
import { isoColumn, isoTime, isoTimeOrNull } from '../list/iso-column.ts';
import { iso, isoOrNull } from '../kernel/present.ts';
import type { Secret } from './credential-secret.ts';

type Optional<T> = T | null | undefined;

type CredentialFields = Pick<Credential, 'id' | 'type' | 'name' | 'desc' | 'labels'> & {
  prefix?: Optional<string>;
  username?: Optional<string>;
  expiresAt?: Optional<Date | string>;
  lastUsedAt?: Optional<Date | string>;
  createdAt: Date | string;
  updatedAt: Date | string;
};

/** The application and developer of a credential. */
type CredentialParent = { applicationId: string; applicationName: string; developerId: string };

export type CredentialRow = CredentialFields & CredentialParent;

/** Credentials of deleted developers are hidden until they are erased. */
export const CREDENTIAL_FROM = `credential c join application a on a.id = c.application_id
  join developer d on d.id = a.developer_uid and d.left_at is null`;

export const CREDENTIAL_COLUMNS = [
  'a.id as "applicationId", a.name as "applicationName", d.developer_id as "developerId"',
  'c.type, c.name, c."desc", c.labels, c.prefix, c.username',
  isoColumn('c.expires_at', '"expiresAt"'),
  isoColumn('c.last_used_at', '"lastUsedAt"'),
  isoColumn('c.created_at', '"createdAt"'),
  isoColumn('c.updated_at', '"updatedAt"'),
].join(', ');

export const CREDENTIAL_ROW = {
  id: rowId.credential,
  applicationId: rowId.application,
  applicationName: z.string(),
  developerId: z.string(),
  type: View.shape.type,
  name: z.string(),
  desc: z.string(),
  labels: View.shape.labels,
  prefix: z.string().nullable(),
  username: z.string().nullable(),
  expiresAt: isoTimeOrNull,
  lastUsedAt: isoTimeOrNull,
  createdAt: isoTime,
  updatedAt: isoTime,
};

export const credentialView = (credential: CredentialFields, parent: CredentialParent): View => ({
  id: credential.id,
  application_id: parent.applicationId,
  application_name: parent.applicationName,
  developer_id: parent.developerId,
  type: credential.type,
  name: credential.name,
  desc: credential.desc,
  labels: credential.labels,
  prefix: credential.prefix ?? null,
  expires_at: isoOrNull(credential.expiresAt),
  last_used_at: isoOrNull(credential.lastUsedAt),
  created_at: iso(credential.createdAt),
  updated_at: iso(credential.updatedAt),
  ...(credential.type === 'key-auth' ? { 'key-auth': {} } : {}),
  ...(typeof credential.username === 'string' ? { 'basic-auth': { username: credential.username } } : {}),
});

/** The view with the key or password, only for the response of the call that set it. */
export const newCredentialView = (
  credential: CredentialFields,
  { parent, secret }: { parent: CredentialParent; secret: Secret },
): NewCredential => {
  const { 'key-auth': _key, 'basic-auth': _login, ...view } = credentialView(credential, parent);
  return secret.type === 'key-auth'
    ? { ...view, 'key-auth': { key: secret.key } }
    : { ...view, 'basic-auth': { username: secret.username, password: secret.password } };
};
