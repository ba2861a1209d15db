import { z } from 'zod';
import { pageInput, pageOf, searchInput } from './page.ts';
import { Id, label, Labels, PathId, prose, Timestamp } from './text.ts';

/** What of a developer's calls APIs: credentials and subscriptions belong to it. */
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
export const ApplicationPage = pageOf(Application);

const fields = { name: label(100), desc: prose(65_536), labels: Labels };

/** Every call of the portal side: a portal token is bound to its portal, an admin token names one. */
const portal = { portal_id: Id.optional() };

export const ListApplicationsInput = z.strictObject({
  ...portal,
  labels: Labels.optional(),
  ...searchInput,
  ...pageInput(['created_at', 'updated_at']),
});
export const ApplicationRef = z.strictObject({ ...portal, application_id: PathId });
export const CreateApplicationInput = z.strictObject({
  ...portal,
  name: fields.name,
  desc: fields.desc.optional(),
  labels: fields.labels.optional(),
});
/** What is given replaces what was, labels as a whole. */
export const UpdateApplicationInput = z.strictObject({
  ...portal,
  application_id: PathId,
  name: fields.name.optional(),
  desc: fields.desc.optional(),
  labels: fields.labels.optional(),
});
