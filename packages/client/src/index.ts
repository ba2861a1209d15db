export { createGatehouseClient, type GatehouseClient, type GatehouseClientOptions } from './client.ts';
export { GatehouseCallError, problemOf, type Problem } from './errors.ts';
export type { AppRouter, RouterInputs, RouterOutputs } from './router.ts';
export { isGatehouseKey } from './verify-format.ts';
