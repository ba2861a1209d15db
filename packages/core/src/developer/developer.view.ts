import { rowId } from '@gatehouse/contract/ids';
import { z } from 'zod';
import { Developer as View } from '@gatehouse/contract/developer';
import type { Developer } from '@gatehouse/db/entities/developer.entity';
import { isoColumn, isoTime, isoTimeOrNull } from '../list/iso-column.ts';
import { iso, isoOrNull } from '../kernel/present.ts';

type Times = 'oneTimePasswordExpiresAt' | 'lastActiveAt' | 'createdAt' | 'updatedAt';
type DeveloperFields = Pick<
  Developer,
  | 'id'
  | 'developerId'
  | 'portal'
  | 'username'
  | 'name'
  | 'email'
  | 'emailVerified'
  | 'pendingEmail'
  | 'state'
  | 'stateReason'
  | 'provider'
  | 'locale'
  | 'labels'
  | 'adminLabels'
  | 'mustChangePassword'
>;
/** The fields that the view needs. Commands have them as an entity, lists as a row. */
export type DeveloperRow = DeveloperFields & {
  [T in Times]: Date | string | (T extends 'lastActiveAt' | 'oneTimePasswordExpiresAt' ? null | undefined : never);
};

export const DEVELOPER_COLUMNS = [
  'd.developer_id as "developerId", d.portal_id as portal, d.username, d.name, d.email, d.email_verified as "emailVerified", d.pending_email as "pendingEmail"',
  'd.state, d.state_reason as "stateReason", d.provider, d.locale, d.labels, d.admin_labels as "adminLabels", d.must_change_password as "mustChangePassword"',
  isoColumn('d.one_time_password_expires_at', '"oneTimePasswordExpiresAt"'),
  isoColumn('d.last_active_at', '"lastActiveAt"'),
  isoColumn('d.created_at', '"createdAt"'),
  isoColumn('d.updated_at', '"updatedAt"'),
].join(', ');

export const DEVELOPER_ROW = {
  id: rowId.developer,
  developerId: rowId.developerId,
  portal: rowId.portal,
  username: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  emailVerified: z.boolean(),
  pendingEmail: z.string().nullable(),
  state: View.shape.state,
  stateReason: z.string().nullable(),
  provider: View.shape.provider,
  locale: View.shape.locale,
  labels: View.shape.labels,
  adminLabels: View.shape.admin_labels,
  mustChangePassword: z.boolean(),
  oneTimePasswordExpiresAt: isoTimeOrNull,
  lastActiveAt: isoTimeOrNull,
  createdAt: isoTime,
  updatedAt: isoTime,
};

export const developerView = (developer: DeveloperRow): View => ({
  id: developer.id,
  developer_id: developer.developerId,
  portal_id: developer.portal,
  username: developer.username,
  name: developer.name,
  email: developer.email ?? null,
  email_verified: developer.emailVerified,
  pending_email: developer.pendingEmail ?? null,
  state: developer.state,
  state_reason: developer.stateReason ?? null,
  provider: developer.provider,
  locale: developer.locale ?? null,
  labels: developer.labels,
  admin_labels: developer.adminLabels,
  must_change_password: developer.mustChangePassword,
  invite_expires_at: isoOrNull(developer.oneTimePasswordExpiresAt),
  last_active_at: isoOrNull(developer.lastActiveAt),
  created_at: iso(developer.createdAt),
  updated_at: iso(developer.updatedAt),
});
