import { z } from 'zod';
import { pageInput, pageOf, searchInput } from './page.ts';
import { Id } from './text.ts';

/** A call of the portal side that needs to know nothing else: a portal token is bound to its portal, an admin names one. */
export const PortalSideInput = z.strictObject({ portal_id: Id.optional() });

export const LABELLED = ['developer_credential', 'developer_application', 'api_product'] as const;
export type Labelled = (typeof LABELLED)[number];

export const ListLabelsInput = z.strictObject({ ...PortalSideInput.shape, resource_type: z.enum(LABELLED) });
/** Every key with the values it has. */
export const LabelValues = z.record(z.string(), z.array(z.string())).meta({ id: 'LabelValues' });

export const PublicAccess = z.object({ portal_public_access: z.boolean() }).meta({ id: 'PublicAccess' });
export const SmtpServerStatus = z.object({ enable: z.boolean() }).meta({ id: 'SmtpServerStatus' });

/** Where OAuth clients could be registered (RFC 7591). */
const DcrProvider = z.object({ id: Id, name: z.string(), issuer: z.string() }).meta({ id: 'DcrProvider' });
export const DcrProviderPage = pageOf(DcrProvider);
export const ListDcrProvidersInput = z
  .strictObject({ ...PortalSideInput.shape, ...searchInput, ...pageInput(['updated_at', 'created_at']) })
  .omit({ cursor: true });
