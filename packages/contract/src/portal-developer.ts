import { z } from 'zod';
import { DeveloperId } from './ids.ts';
import { Developer, DeveloperState } from './developer.ts';
import { pageInput, pageOf, searchInput } from './page.ts';
import { portalSide } from './portal-side.ts';
import { Timestamp } from './text.ts';

/**
 * A developer on the portal side. `id` is the external id, like `developer_id`, and `status` equals `state`.
 * `last_active_at` is absent until it is known, because clients of the compatible API read null as 1970.
 */
export const PortalDeveloper = z
  .object({ ...Developer.shape, last_active_at: Timestamp.optional(), status: DeveloperState })
  .meta({ id: 'PortalDeveloper' });
export type PortalDeveloper = z.infer<typeof PortalDeveloper>;
export const PortalDeveloperPage = pageOf(PortalDeveloper);

export const ListPortalDevelopersInput = z.strictObject({
  ...portalSide,
  ...searchInput,
  ...pageInput(['last_active_at', 'created_at']),
});
export const PortalDeveloperRef = z.strictObject({ ...portalSide, developer_id: DeveloperId });
/** `developer_id`: the front end's own id of a person who has signed up there. It cannot be changed. */
export const CreateDeveloperInput = z.strictObject({
  ...portalSide,
  developer_id: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,256}$/, 'Must be 1 to 256 of A-Z, a-z, 0-9, ., _ and -')
    .brand<'DeveloperId'>(),
});
