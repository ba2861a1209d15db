/**
 * Runs statements without the unit of work, because gateways ask too often for it, and on a pool of its own, so that
 * gateways and other callers cannot starve each other.
 */
export type GatewayDatabase = {
  query<Row extends object>(statement: { name: string; text: string; values: unknown[] }): Promise<Row[]>;
};
