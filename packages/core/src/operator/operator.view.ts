import { rowId } from '@gatehouse/contract/ids';
import { Operator as View } from '@gatehouse/contract/operator';
import type { Operator } from '@gatehouse/db/entities/operator.entity';
import { z } from 'zod';
import { isoColumn, isoTime, isoTimeOrNull } from '../list/iso-column.ts';
import { iso, isoOrNull } from '../kernel/present.ts';

export const OPERATOR_COLUMNS = [
  'name, email, role, portal_ids as "portalIds", state',
  isoColumn('last_login_at', '"lastLoginAt"'),
  isoColumn('created_at', '"createdAt"'),
  isoColumn('updated_at', '"updatedAt"'),
].join(', ');

export const OPERATOR_ROW = {
  id: rowId.operator,
  name: z.string(),
  email: z.string(),
  role: View.shape.role,
  portalIds: z.array(rowId.portal).nullable(),
  state: View.shape.state,
  lastLoginAt: isoTimeOrNull,
  createdAt: isoTime,
  updatedAt: isoTime,
};

type OperatorRow = Pick<Operator, 'id' | 'name' | 'email' | 'role' | 'portalIds' | 'state'> & {
  lastLoginAt?: Date | string | null | undefined;
  createdAt: Date | string;
  updatedAt: Date | string;
};

export const operatorView = (operator: OperatorRow): View => ({
  id: operator.id,
  name: operator.name,
  email: operator.email,
  role: operator.role,
  portal_ids: operator.portalIds ?? null,
  state: operator.state,
  last_login_at: isoOrNull(operator.lastLoginAt),
  created_at: iso(operator.createdAt),
  updated_at: iso(operator.updatedAt),
});
