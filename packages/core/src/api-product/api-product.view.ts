import { rowId } from '@gatehouse/contract/ids';
import { z } from 'zod';
import { ApiProduct as View } from '@gatehouse/contract/api-product';
import type { ApiProduct } from '@gatehouse/db/entities/api-product.entity';
import { isoColumn, isoTime } from '../list/iso-column.ts';
import { iso } from '../kernel/present.ts';

type ApiProductFields = Pick<
  ApiProduct,
  | 'id'
  | 'portal'
  | 'name'
  | 'desc'
  | 'labels'
  | 'type'
  | 'status'
  | 'visibility'
  | 'auth'
  | 'subscriptionAutoApproval'
  | 'canViewUnsubscribed'
>;
export type ApiProductRow = ApiProductFields & { createdAt: Date | string; updatedAt: Date | string };

export const API_PRODUCT_COLUMNS = [
  'portal_id as portal, name, "desc", labels, type, status, visibility, auth',
  'subscription_auto_approval as "subscriptionAutoApproval", can_view_unsubscribed as "canViewUnsubscribed"',
  isoColumn('created_at', '"createdAt"'),
  isoColumn('updated_at', '"updatedAt"'),
].join(', ');

export const API_PRODUCT_ROW = {
  id: rowId.apiProduct,
  portal: rowId.portal,
  name: z.string(),
  desc: z.string(),
  labels: View.shape.labels,
  type: View.shape.type,
  status: View.shape.status,
  visibility: View.shape.visibility,
  auth: View.shape.auth,
  subscriptionAutoApproval: z.boolean(),
  canViewUnsubscribed: z.boolean(),
  createdAt: isoTime,
  updatedAt: isoTime,
};

export const apiProductView = (product: ApiProductRow): View => ({
  id: product.id,
  portal_id: product.portal,
  name: product.name,
  desc: product.desc,
  labels: product.labels,
  type: product.type,
  status: product.status,
  visibility: product.visibility,
  auth: product.auth,
  subscription_auto_approval: product.subscriptionAutoApproval,
  can_view_unsubscribed: product.canViewUnsubscribed,
  created_at: iso(product.createdAt),
  updated_at: iso(product.updatedAt),
});
