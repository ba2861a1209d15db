import { z } from 'zod';
import { Id, PathId } from './text.ts';

/**
 * Branded ids, so that passing the wrong kind of id does not compile. Callers pass plain strings, and input schemas
 * brand them. Portal ids are written in lower case, as in PostgreSQL.
 */
export const PortalId = PathId.toLowerCase().brand<'PortalId'>();
export type PortalId = z.output<typeof PortalId>;

/** Ids outside a path, where they must be UUIDs. */
export const PortalUuid = Id.toLowerCase().brand<'PortalId'>();
export const ApplicationUuid = Id.brand<'ApplicationId'>();
export const ApiProductUuid = Id.brand<'ApiProductId'>();

/** The id of a developer on the wire (`developer_id`), unique in its portal. */
export const DeveloperId = PathId.brand<'DeveloperId'>();
export type DeveloperId = z.output<typeof DeveloperId>;

/** The internal UUID of a developer, which never leaves the service. */
export const DeveloperUid = z.uuid().brand<'DeveloperUid'>();
export type DeveloperUid = z.output<typeof DeveloperUid>;

export const ApplicationId = PathId.brand<'ApplicationId'>();
export type ApplicationId = z.output<typeof ApplicationId>;
export const CredentialId = PathId.brand<'CredentialId'>();
export type CredentialId = z.output<typeof CredentialId>;
export const ApiProductId = PathId.brand<'ApiProductId'>();
export type ApiProductId = z.output<typeof ApiProductId>;
export const SubscriptionId = PathId.brand<'SubscriptionId'>();
export type SubscriptionId = z.output<typeof SubscriptionId>;
export const ApprovalId = PathId.brand<'ApprovalId'>();
export type ApprovalId = z.output<typeof ApprovalId>;
export const TokenId = PathId.brand<'TokenId'>();
export type TokenId = z.output<typeof TokenId>;
export const LoginOptionId = PathId.brand<'LoginOptionId'>();
export type LoginOptionId = z.output<typeof LoginOptionId>;
export const SessionId = PathId.brand<'SessionId'>();
export type SessionId = z.output<typeof SessionId>;
export const OperatorId = PathId.brand<'OperatorId'>();
export type OperatorId = z.output<typeof OperatorId>;
export const EmailId = PathId.brand<'EmailId'>();
export type EmailId = z.output<typeof EmailId>;
export const DeletionId = PathId.brand<'DeletionId'>();
export type DeletionId = z.output<typeof DeletionId>;

export type EventId = string & z.core.$brand<'EventId'>;

/** The ids in the rows of statements. */
export const rowId = {
  apiProduct: z.uuid().brand<'ApiProductId'>(),
  application: z.uuid().brand<'ApplicationId'>(),
  approval: z.uuid().brand<'ApprovalId'>(),
  credential: z.uuid().brand<'CredentialId'>(),
  deletion: z.uuid().brand<'DeletionId'>(),
  developer: DeveloperUid,
  developerId: DeveloperId,
  email: z.uuid().brand<'EmailId'>(),
  loginOption: z.uuid().brand<'LoginOptionId'>(),
  operator: z.uuid().brand<'OperatorId'>(),
  portal: z.uuid().brand<'PortalId'>(),
  session: z.uuid().brand<'SessionId'>(),
  subscription: z.uuid().brand<'SubscriptionId'>(),
  token: z.uuid().brand<'TokenId'>(),
};
