import { z } from 'zod';
import { ApiProductId, ApplicationUuid, PortalId } from './ids.ts';
import { pageInput, pageOf, searchInput } from './page.ts';
import { portalSide } from './portal-side.ts';
import { SubscriptionStatus } from './subscription.ts';
import { Id, label, Labels, LabelsPatch, prose, Timestamp } from './text.ts';

export const API_PRODUCT_TYPES = ['gateway', 'external'] as const;
export const API_PRODUCT_STATUSES = ['draft', 'published'] as const;
export const API_PRODUCT_VISIBILITIES = ['public', 'logged_in'] as const;

/** A header field name (RFC 9110, section 5.1). */
const HeaderName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, 'Must be a valid header name')
  .refine((name) => !NO_KEY_HEADERS.has(name.toLowerCase()), 'Must not be a reserved header');

/** Headers for connections, message framing and cookies, and headers that a gateway sets itself. */
const NO_KEY_HEADERS = new Set(
  (
    'connection keep-alive proxy-connection te trailer transfer-encoding upgrade expect ' +
    'content-length content-type host cookie set-cookie ' +
    'x-developer-id x-application-id x-credential-id x-api-product-id'
  ).split(' '),
);
const QueryName = z.string().regex(/^[A-Za-z0-9_.-]{1,128}$/, 'Must be 1 to 128 of A-Z, a-z, 0-9, _, . and -');

/**
 * How callers authenticate to a gateway. A key in the query is accepted only if the product names the parameter,
 * because URLs end up in logs.
 */
const ApiProductAuth = z.strictObject({
  'key-auth': z
    .strictObject({
      header: HeaderName.optional(),
      query: QueryName.optional(),
      hide_credentials: z.boolean().optional(),
    })
    .optional(),
  'basic-auth': z.strictObject({ hide_credentials: z.boolean().optional() }).optional(),
});
export type ApiProductAuth = z.infer<typeof ApiProductAuth>;

export const DEFAULT_API_PRODUCT_AUTH: ApiProductAuth = { 'key-auth': { header: 'apikey', hide_credentials: false } };

const fields = {
  name: label(100),
  desc: prose(65_536),
  labels: Labels,
  status: z.enum(API_PRODUCT_STATUSES),
  visibility: z.enum(API_PRODUCT_VISIBILITIES),
  auth: ApiProductAuth,
  subscription_auto_approval: z.boolean(),
  can_view_unsubscribed: z.boolean(),
};

/** APIs that developers can subscribe to, either behind a gateway or documented ones elsewhere. */
export const ApiProduct = z
  .object({
    id: Id,
    portal_id: Id,
    name: z.string(),
    desc: z.string(),
    labels: z.record(z.string(), z.string()),
    type: z.enum(API_PRODUCT_TYPES),
    status: z.enum(API_PRODUCT_STATUSES),
    visibility: z.enum(API_PRODUCT_VISIBILITIES),
    auth: ApiProductAuth,
    subscription_auto_approval: z.boolean(),
    can_view_unsubscribed: z.boolean(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'ApiProduct' });
export type ApiProduct = z.infer<typeof ApiProduct>;
export const ApiProductPage = pageOf(ApiProduct);
/** An API product on the portal side, with the subscription status of the requested application or developer. */
export const VisibleApiProduct = z
  .object({ ...ApiProduct.shape, subscription_status: SubscriptionStatus })
  .meta({ id: 'VisibleApiProduct' });
export type VisibleApiProduct = z.infer<typeof VisibleApiProduct>;
export const VisibleApiProductPage = pageOf(VisibleApiProduct);

export const ListApiProductsInput = z.strictObject({
  portal_id: PortalId,
  status: z.enum(API_PRODUCT_STATUSES).optional(),
  type: z.enum(API_PRODUCT_TYPES).optional(),
  labels: Labels.optional(),
  ...searchInput,
  ...pageInput(['created_at', 'updated_at', 'name']),
});
export const ApiProductRef = z.strictObject({ portal_id: PortalId, api_product_id: ApiProductId });
export const CreateApiProductInput = z.strictObject({
  portal_id: PortalId,
  name: fields.name,
  type: z.enum(API_PRODUCT_TYPES).optional(),
  desc: fields.desc.optional(),
  labels: fields.labels.optional(),
  status: fields.status.optional(),
  visibility: fields.visibility.optional(),
  auth: fields.auth.optional(),
  subscription_auto_approval: fields.subscription_auto_approval.optional(),
  can_view_unsubscribed: fields.can_view_unsubscribed.optional(),
});
export const UpdateApiProductInput = z.strictObject({
  portal_id: PortalId,
  api_product_id: ApiProductId,
  name: fields.name.optional(),
  desc: fields.desc.nullable().optional(),
  labels: LabelsPatch.nullable().optional(),
  status: fields.status.optional(),
  visibility: fields.visibility.optional(),
  auth: fields.auth.nullable().optional(),
  subscription_auto_approval: fields.subscription_auto_approval.optional(),
  can_view_unsubscribed: fields.can_view_unsubscribed.optional(),
});

export const ListVisibleApiProductsInput = z.strictObject({
  ...portalSide,
  application_id: ApplicationUuid.optional(),
  subscription_status: SubscriptionStatus.optional(),
  labels: Labels.optional(),
  ...searchInput,
  ...pageInput(['created_at', 'updated_at']),
});
export const VisibleApiProductRef = z.strictObject({ ...portalSide, api_product_id: ApiProductId });
