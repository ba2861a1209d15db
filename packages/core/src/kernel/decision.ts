import type { GatehouseError } from '@gatehouse/contract/errors';

/** The answer of a policy: allowed, or the error for the caller. */
export type Decision = { allowed: true } | { allowed: false; error: GatehouseError };

export const allowed: Decision = { allowed: true };
export const denied = (error: GatehouseError): Decision => ({ allowed: false, error });

/** Throws the error of a denial. */
export function enforce(decision: Decision): void {
  if (!decision.allowed) throw decision.error;
}
