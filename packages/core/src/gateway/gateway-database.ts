/**
 * Plain statements, prepared once per connection by `name`: what a gateway asks is too frequent for the unit of work,
 * and has a pool of its own, so that neither side can starve the other.
 */
export type GatewayDatabase = {
  query<Row extends object>(statement: { name: string; text: string; values: unknown[] }): Promise<Row[]>;
};
