import { z } from 'zod';
import { OperatorId, PortalUuid } from './ids.ts';
import { pageInput, pageOf, searchInput } from './page.ts';
import { ACCESSES, OPERATOR_ROLES } from './scopes.ts';
import { Id, label, newEmailAddress, Timestamp } from './text.ts';

export const OPERATOR_STATES = ['invited', 'active', 'disabled'] as const;

const OperatorName = label(100);

/** A person who runs portals. `portal_ids`: the portals that the operator works on; null for all. */
export const Operator = z
  .object({
    id: Id,
    name: z.string(),
    email: z.string(),
    role: z.enum(OPERATOR_ROLES),
    portal_ids: z.array(Id).nullable(),
    state: z.enum(OPERATOR_STATES),
    last_login_at: Timestamp.nullable(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Operator' });
export type Operator = z.infer<typeof Operator>;
export const OperatorPage = pageOf(Operator);

const PortalIds = z.array(PortalUuid).min(1).max(100).nullable();

export const InviteOperatorInput = z.strictObject({
  name: OperatorName,
  email: newEmailAddress,
  role: z.enum(OPERATOR_ROLES),
  portal_ids: PortalIds,
});
export const OperatorRef = z.strictObject({ operator_id: OperatorId });
export const UpdateOperatorInput = z.strictObject({
  operator_id: OperatorId,
  name: OperatorName.optional(),
  role: z.enum(OPERATOR_ROLES).optional(),
  portal_ids: PortalIds.optional(),
});
export const ListOperatorsInput = z.strictObject({
  role: z.enum(OPERATOR_ROLES).optional(),
  state: z.enum(OPERATOR_STATES).optional(),
  ...searchInput,
  ...pageInput(['created_at', 'name', 'email', 'last_login_at']),
});
export const ListOperatorSessionsInput = z.strictObject({ operator_id: OperatorId, ...pageInput(['created_at']) });

export const OperatorMeInput = z.strictObject({});
/**
 * The caller: an operator, or an admin token. `can`: everything that the caller's scopes allow. `portal_ids`: the portals
 * where this holds; null for all portals and the installation itself. `session_id`: null for a
 * call without a console session.
 */
export const OperatorMe = z
  .object({
    kind: z.enum(['operator', 'admin_token']),
    id: Id,
    name: z.string(),
    operator: Operator.nullable(),
    can: z.array(z.enum(ACCESSES)),
    portal_ids: z.array(Id).nullable(),
    session_id: Id.nullable(),
  })
  .meta({ id: 'OperatorMe' });
export type OperatorMe = z.infer<typeof OperatorMe>;
