import { z } from 'zod';

const RESOURCES = [
  'portals',
  'developers',
  'approvals',
  'api_products',
  'applications',
  'credentials',
  'subscriptions',
  'login_options',
  'emails',
  'audit',
  'tokens',
  'operators',
  'queues',
  'metrics',
] as const;

type Resource = (typeof RESOURCES)[number];

/** The scope that a use-case requires. `:write` includes `:read`; `*` (admin tokens only) includes everything. */
export type Access = `${Resource}:read` | `${Resource}:write` | 'approvals:decide';
export type Scope = Access | '*';

const reads = RESOURCES.map((resource) => `${resource}:read` as const);
const writes = RESOURCES.map((resource) => `${resource}:write` as const);

/** All scopes but `*`. */
export const ACCESSES = [...reads, ...writes, 'approvals:decide'] as const;
export const SCOPES: readonly Scope[] = [...ACCESSES, '*'];
export const Scope = z.enum([...ACCESSES, '*']);

/** The default scopes of a portal token. */
export const PORTAL_TOKEN_SCOPES: Scope[] = [
  'developers:write',
  'applications:write',
  'credentials:write',
  'subscriptions:write',
  'api_products:read',
  'approvals:read',
];

/** The scopes of a signed-in developer, limited to the developer's own records. */
export const SESSION_SCOPES: Scope[] = [
  'developers:read',
  'applications:write',
  'credentials:write',
  'subscriptions:write',
  'api_products:read',
  'approvals:read',
];

export function allows(scopes: readonly Scope[], access: Scope): boolean {
  if (scopes.includes('*') || scopes.includes(access)) return true;
  return access.endsWith(':read') && scopes.some((scope) => scope === access.replace(/:read$/, ':write'));
}

/** The roles of operators. Each includes the ones before it. */
export const OPERATOR_ROLES = ['viewer', 'approver', 'manager', 'owner'] as const;
export type OperatorRole = (typeof OPERATOR_ROLES)[number];

/** Only owners change these: they decide who has access. */
const OF_OWNERS: ReadonlySet<Access> = new Set(['tokens:write', 'operators:write', 'portals:write']);

/** The scopes of a role. */
export const ROLE_SCOPES: Record<OperatorRole, Scope[]> = {
  viewer: reads,
  approver: [...reads, 'approvals:decide'],
  manager: [...reads, 'approvals:decide', ...writes.filter((scope) => !OF_OWNERS.has(scope))],
  owner: ['*'],
};
