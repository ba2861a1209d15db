import { z } from 'zod';
import { ApiProductId, ApiProductUuid, ApplicationUuid, PortalId, SubscriptionId } from './ids.ts';
import { pageInput, pageOf, searchInput } from './page.ts';
import { portalSide } from './portal-side.ts';
import { Id, Timestamp } from './text.ts';

export const SUBSCRIPTION_STATUSES = ['wait_for_approval', 'subscribed'] as const;

/** The subscription status of an application, or of all applications of a developer, for an API product. */
export const SubscriptionStatus = z.enum(['unsubscribed', ...SUBSCRIPTION_STATUSES]);

/**
 * The right of an application to call an API product, or a request for it. `subscribed_at` is null while it is pending.
 */
export const Subscription = z
  .object({
    id: Id,
    developer_id: z.string(),
    developer_name: z.string(),
    application_id: Id,
    application_name: z.string(),
    api_product_id: Id,
    api_product_name: z.string(),
    status: z.enum(SUBSCRIPTION_STATUSES),
    subscribed_at: Timestamp.nullable(),
    created_at: Timestamp,
  })
  .meta({ id: 'Subscription' });
export type Subscription = z.infer<typeof Subscription>;
export const SubscriptionPage = pageOf(Subscription);
/**
 * On the portal side, `subscribed_at` is absent while pending, because clients of the compatible API read null as 1970.
 */
export const PortalSubscription = z
  .object({ ...Subscription.shape, subscribed_at: Timestamp.optional() })
  .meta({ id: 'PortalSubscription' });
export type PortalSubscription = z.infer<typeof PortalSubscription>;
export const PortalSubscriptionPage = pageOf(PortalSubscription);
/** The subscriptions that one call has created, in the order of the request: each application with each API product. */
export const CreatedSubscriptions = z.object({ list: z.array(PortalSubscription), total: z.int().min(0) });

const listInput = {
  /** Several values are alternatives. No subscription has the status `unsubscribed`. */
  status: z.array(SubscriptionStatus).min(1).max(3).optional(),
  ...searchInput,
  ...pageInput(['subscribed_at', 'developer_name']),
};
export const ListSubscriptionsInput = z.strictObject({
  ...portalSide,
  api_product_id: Id.optional(),
  application_id: Id.optional(),
  ...listInput,
});
export const ListApiProductSubscriptionsInput = z.strictObject({
  portal_id: PortalId,
  api_product_id: ApiProductId,
  ...listInput,
});
export const SubscriptionRef = z.strictObject({ ...portalSide, subscription_id: SubscriptionId });
export const CreateSubscriptionInput = z.strictObject({
  ...portalSide,
  api_product_id: ApiProductId,
  application_id: ApplicationUuid,
});

/** The maximum number of subscriptions per call. */
const AT_ONCE = 100;
const idsOf = <S extends z.ZodType<string, string>>(id: S) =>
  z
    .array(id)
    .min(1)
    .max(AT_ONCE)
    .refine((ids) => new Set(ids.map((each) => each.toLowerCase())).size === ids.length, {
      message: 'Must not contain duplicates',
    });
export const CreateSubscriptionsInput = z
  .strictObject({ ...portalSide, applications: idsOf(ApplicationUuid), api_products: idsOf(ApiProductUuid) })
  .refine(({ applications, api_products }) => applications.length * api_products.length <= AT_ONCE, {
    path: ['api_products'],
    message: `applications times api_products must be at most ${AT_ONCE}`,
  });
