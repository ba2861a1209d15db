import { migrationNames } from '@gatehouse/db/migration-names';
import { statement, sure, type Parameters, type Statement, type Values } from '@gatehouse/db/statement';
import { z } from 'zod';
import { GatehouseError } from '@gatehouse/contract/errors';
import { translated } from '@gatehouse/core/kernel/database-errors';
import type { GatewayDatabase } from '@gatehouse/core/gateway/gateway-database';
import type { createOrm } from '@gatehouse/db/orm';
import pLimit from 'p-limit';
import { outsideCall } from '@gatehouse/postgres/call';
import { openPool, queryPool } from '@gatehouse/postgres/pool';
import type { PoolCounts } from './http/metrics.ts';
import type { Database } from './http/rate-limit-store.ts';

export type Orm = ReturnType<typeof createOrm>;

/** The pool of the ORM. Rejects while the database is unreachable. */
const poolOf = (orm: Orm) => orm.em.getConnection().getNativeClient();

export const countPool = (orm: Orm): Promise<PoolCounts> => poolOf(orm);

/** Runs statements of libraries on the ORM's pool. They are unnamed, so that they also work through a pooler. */
export const plainDatabase = (orm: Orm): Database => ({
  async query({ text, values }) {
    const pool = await poolOf(orm);
    // The rate limit also counts callers who disconnect.
    return translated(() => outsideCall(() => pool.query({ text, values })));
  },
});

const writable = statement({
  name: 'database.writable',
  text: `select current_setting('transaction_read_only') = 'off' as writable`,
  params: [],
  row: z.object({ writable: sure(z.boolean(), 'every server has this setting') }),
});

/** Whether the database accepts writes. A standby and a database with a full disk do not. */
export async function answers(orm: Orm): Promise<boolean> {
  const row = await writable.first(orm.em.fork(), []);
  return row?.writable === true;
}

const appliedMigrations = statement({
  name: 'database.migrations',
  text: 'select name from mikro_orm_migrations',
  params: [],
  row: z.object({ name: z.string() }),
});

/** Reads the table of migrations directly. MikroORM's migrator would create it, which this process may not be allowed to. */
export async function isMigrated(orm: Orm): Promise<boolean> {
  const applied = await appliedMigrations.all(orm.em.fork(), []);
  const names = new Set(applied.map(({ name }) => name));
  return migrationNames().every((name) => names.has(name));
}

/** Connections for gateways, and the most requests that wait for one. Further ones are refused while refusing is cheap. */
const GATEWAY_POOL = 4;
const GATEWAY_QUEUE = 200;
/** Milliseconds after which a decision would be out of date. */
const GATEWAY_PATIENCE = 1000;

const GATEWAY_LIMITS = {
  statement: GATEWAY_PATIENCE,
  transaction: GATEWAY_PATIENCE,
  lock: GATEWAY_PATIENCE,
  connection: GATEWAY_PATIENCE,
};

export interface OpenGatewayDatabase extends GatewayDatabase {
  close(): Promise<void>;
}

/** A separate pool, so that gateways and other callers cannot starve each other. */
export function openGatewayDatabase(databaseUrl: string): OpenGatewayDatabase {
  const pool = openPool({ databaseUrl, name: 'gatehouse-gateway', size: GATEWAY_POOL, limits: GATEWAY_LIMITS });
  const limit = pLimit(GATEWAY_POOL);
  return {
    async query<R extends z.ZodObject, P extends Parameters>({ text }: Statement<R, P>, values: Values<P>) {
      if (limit.pendingCount >= GATEWAY_QUEUE)
        throw new GatehouseError('overloaded', 'Too many keys are being checked. Retry shortly.');
      const begun = performance.now();
      const { rows } = await translated(() =>
        limit(() => {
          if (performance.now() - begun > GATEWAY_PATIENCE)
            throw new GatehouseError('overloaded', 'The database is too slow to answer. Retry shortly.');
          return queryPool<z.output<R>>(pool, text, values);
        }),
      );
      return rows;
    },
    close: () => pool.end(),
  };
}
