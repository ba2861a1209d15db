import type { createOrm } from '@gatehouse/db/orm';
import type { PoolCounts } from './http/metrics.ts';
import type { Database } from './http/rate-limit-store.ts';

export type Orm = Awaited<ReturnType<typeof createOrm>>;

/** The pool that the ORM itself works with. Rejects while the database cannot be reached. */
const poolOf = (orm: Orm) => orm.em.getConnection().getNativeClient();

export const countPool = (orm: Orm): Promise<PoolCounts> => poolOf(orm);

/** Plain statements over the ORM's own pool, for libraries that bring theirs. */
export const plainDatabase = (orm: Orm): Database => ({
  async query(statement) {
    const pool = await poolOf(orm);
    return pool.query(statement);
  },
});

export const answers = (orm: Orm): Promise<unknown> => orm.em.fork().execute('select 1');

/** Reads only: the migrator would make its table, and this process needs no right to. */
export async function isMigrated(orm: Orm): Promise<boolean> {
  const { migrationsList = [] } = orm.config.get('migrations');
  const applied = await orm.em.fork().execute<{ name: string }[]>('select name from mikro_orm_migrations');
  const names = new Set(applied.map(({ name }) => name));
  return migrationsList.every((migration) => names.has(migration.name));
}
