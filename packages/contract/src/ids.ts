import { z } from 'zod';
import { Id, PathId } from './text.ts';

/**
 * Branded ids, so that passing the wrong kind of id does not compile. Callers pass plain strings, and input schemas
 * brand them. UUIDs are lower case, as in PostgreSQL.
 */
export const PortalId = PathId.toLowerCase().brand<'PortalId'>();
export type PortalId = z.output<typeof PortalId>;

/** A portal's id outside a path, where it must be a UUID. */
export const PortalUuid = Id.toLowerCase().brand<'PortalId'>();

/** The id of a developer on the wire (`developer_id`), unique in its portal. */
export const DeveloperId = PathId.brand<'DeveloperId'>();
export type DeveloperId = z.output<typeof DeveloperId>;

/** The internal UUID of a developer, which never leaves the service. */
export const DeveloperUid = z.uuid().brand<'DeveloperUid'>();
export type DeveloperUid = z.output<typeof DeveloperUid>;

/** The ids in the rows of statements. */
export const rowId = { portal: z.uuid().brand<'PortalId'>(), developer: DeveloperUid };
