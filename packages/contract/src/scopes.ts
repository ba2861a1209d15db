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
  'queues',
  'metrics',
] as const;

type Resource = (typeof RESOURCES)[number];

/** The scope that a use-case requires. `:write` includes `:read`; `*` (admin tokens only) includes everything. */
export type Access = `${Resource}:read` | `${Resource}:write` | 'approvals:decide';
export type Scope = Access | '*';

const reads = RESOURCES.map((resource) => `${resource}:read` as const);
const writes = RESOURCES.map((resource) => `${resource}:write` as const);

export const SCOPES: readonly Scope[] = [...reads, ...writes, 'approvals:decide', '*'];
export const Scope = z.enum([...reads, ...writes, 'approvals:decide', '*']);

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
