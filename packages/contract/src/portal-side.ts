import { z } from 'zod';
import { pageInput, pageOf, searchInput } from './page.ts';
import { PortalUuid } from './ids.ts';
import { Id } from './text.ts';

/** In every portal-side call: a portal token is bound to its portal, while an admin token names one. */
export const portalSide = { portal_id: PortalUuid.optional() };

/** The input of a call without other fields. */
export const PortalSideInput = z.strictObject(portalSide);

const LABELLED_RESOURCES = ['developer_credential', 'developer_application', 'api_product'] as const;
export type LabelledResource = (typeof LABELLED_RESOURCES)[number];

export const ListLabelsInput = z.strictObject({ ...portalSide, resource_type: z.enum(LABELLED_RESOURCES) });
/** Every label key with its values. */
export const LabelValues = z.record(z.string(), z.array(z.string())).meta({ id: 'LabelValues' });

export const PublicAccess = z.object({ portal_public_access: z.boolean() }).meta({ id: 'PublicAccess' });
export const SmtpServerStatus = z.object({ enable: z.boolean() }).meta({ id: 'SmtpServerStatus' });

/** A provider for dynamic client registration of OAuth clients (RFC 7591). */
const DcrProvider = z.object({ id: Id, name: z.string(), issuer: z.string() }).meta({ id: 'DcrProvider' });
export const DcrProviderPage = pageOf(DcrProvider);
export const ListDcrProvidersInput = z
  .strictObject({ ...portalSide, ...searchInput, ...pageInput(['updated_at', 'created_at']) })
  .omit({ cursor: true });
