import { rowId } from '@gatehouse/contract/ids';
import { z } from 'zod';
import { Application as View } from '@gatehouse/contract/application';
import type { Application } from '@gatehouse/db/entities/application.entity';
import { fragment, type Fragment } from '../list/fragment.ts';
import { isoColumn, isoTime } from '../list/iso-column.ts';
import type { PortalCaller } from '../portal/portal-caller.ts';
import { iso } from '../kernel/present.ts';

type ApplicationFields = Pick<Application, 'id' | 'name' | 'desc' | 'labels'> & {
  createdAt: Date | string;
  updatedAt: Date | string;
};

/** Applications of deleted developers are hidden until they are erased. */
export const APPLICATION_FROM = 'application a join developer d on d.id = a.developer_uid and d.left_at is null';

/** The records of a table that the caller sees: those of its portal, or only the developer's if it acts for one. */
export const seenBy = ({ portalId, developer }: PortalCaller, table: string): Fragment[] => [
  fragment(`${table}.portal_id = ?`, portalId),
  ...(developer ? [fragment(`${table}.developer_uid = ?`, developer.uid)] : []),
];

export const APPLICATION_COLUMNS = [
  'd.developer_id as "developerId", a.name, a."desc", a.labels',
  isoColumn('a.created_at', '"createdAt"'),
  isoColumn('a.updated_at', '"updatedAt"'),
].join(', ');

export const APPLICATION_ROW = {
  id: rowId.application,
  developerId: z.string(),
  name: z.string(),
  desc: z.string(),
  labels: View.shape.labels,
  createdAt: isoTime,
  updatedAt: isoTime,
};

export const applicationView = (application: ApplicationFields, developerId: string): View => ({
  id: application.id,
  developer_id: developerId,
  name: application.name,
  desc: application.desc,
  labels: application.labels,
  created_at: iso(application.createdAt),
  updated_at: iso(application.updatedAt),
});
