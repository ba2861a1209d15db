import { z } from 'zod';
import { Id, PathId } from './text.ts';

/**
 * Ids are branded by what they name, so that a wrong one does not compile. Callers pass plain strings, and the schemas of
 * inputs brand them. UUIDs are written in lower case, as PostgreSQL writes them.
 */
export const PortalId = PathId.toLowerCase().brand<'PortalId'>();
export type PortalId = z.output<typeof PortalId>;

/** A portal's id that must be a UUID, because it is no part of a path. */
export const PortalUuid = Id.toLowerCase().brand<'PortalId'>();

/** The id of a developer on the wire (`developer_id`), unique in its portal. */
export const DeveloperId = PathId.brand<'DeveloperId'>();
export type DeveloperId = z.output<typeof DeveloperId>;

/** The internal UUID of a developer, which never leaves the service. */
export const DeveloperUid = z.uuid().brand<'DeveloperUid'>();
export type DeveloperUid = z.output<typeof DeveloperUid>;

/** The ids in the rows of statements. */
export const rowId = { portal: z.uuid().brand<'PortalId'>(), developer: DeveloperUid };
