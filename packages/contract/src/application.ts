import { ApplicationId } from './ids.ts';
import { z } from 'zod';
import { pageInput, pageOf, searchInput } from './page.ts';
import { portalSide } from './portal-side.ts';
import { SubscriptionStatus } from './subscription.ts';
import { Id, label, Labels, prose, Timestamp } from './text.ts';

/** A developer's program that calls APIs. Credentials and subscriptions belong to it. */
export const Application = z
  .object({
    id: Id,
    developer_id: z.string(),
    name: z.string(),
    desc: z.string(),
    labels: z.record(z.string(), z.string()),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Application' });
export type Application = z.infer<typeof Application>;
/** `subscription_status` is present if the request named an `api_product_id`. */
const ListedApplication = z
  .object({ ...Application.shape, subscription_status: SubscriptionStatus.optional() })
  .meta({ id: 'ListedApplication' });
export const ApplicationPage = pageOf(ListedApplication);

const fields = { name: label(100), desc: prose(65_536), labels: Labels };

export const ListApplicationsInput = z.strictObject({
  ...portalSide,
  /** Not a filter: adds the subscription status of each application for this API product. */
  api_product_id: Id.optional(),
  labels: Labels.optional(),
  ...searchInput,
  ...pageInput(['created_at', 'updated_at']),
});
export const ApplicationRef = z.strictObject({ ...portalSide, application_id: ApplicationId });
export const CreateApplicationInput = z.strictObject({
  ...portalSide,
  name: fields.name,
  desc: fields.desc.optional(),
  labels: fields.labels.optional(),
});
/** Replaces `desc` and labels, even if they are absent. An absent name stays, because an application needs one. */
export const UpdateApplicationInput = z.strictObject({
  ...portalSide,
  application_id: ApplicationId,
  name: fields.name.optional(),
  desc: fields.desc.optional(),
  labels: fields.labels.optional(),
});

const count = z.int().min(0);

/** The number of calls to an API product in the hour that begins at `hour_timestamp`. */
const ApiCall = z
  .object({ api_product_id: Id, api_product_name: z.string(), hour_timestamp: count, api_calls: count })
  .meta({ id: 'ApiCall' });
export const ApiCalls = z.object({ list: z.array(ApiCall), total: count });

const Ids = z.array(Id).min(1).max(100);
export const ListApiCallsInput = z
  .strictObject({
    ...portalSide,
    start_at: count,
    end_at: count,
    application_id: Ids.optional(),
    api_product_id: Ids.optional(),
    credential_id: Ids.optional(),
  })
  .refine(({ start_at, end_at }) => start_at <= end_at, { path: ['end_at'], message: 'Must not be before start_at' });
