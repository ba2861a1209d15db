import type { Parameters, Statement, Values } from '@gatehouse/db/statement';
import type { z } from 'zod';

/**
 * Runs statements without the unit of work, because gateways ask too often for it, and on a separate pool, so that
 * gateways and other callers cannot starve each other. Times differ from those of the ORM's pool: select none.
 */
export type GatewayDatabase = {
  query<R extends z.ZodObject, P extends Parameters>(
    statement: Statement<R, P>,
    values: Values<P>,
  ): Promise<z.output<R>[]>;
};
