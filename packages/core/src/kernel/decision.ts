import type { GatehouseError } from '@gatehouse/contract/errors';

/** A policy's answer: allowed, or the error that the caller shall see. */
export type Decision = { allowed: true } | { allowed: false; error: GatehouseError };

export const allowed: Decision = { allowed: true };
export const denied = (error: GatehouseError): Decision => ({ allowed: false, error });

/** Goes on only where the policy allows it. */
export function enforce(decision: Decision): void {
  if (!decision.allowed) throw decision.error;
}
