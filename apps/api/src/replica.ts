import { createOrm } from '@gatehouse/db/orm';
import { ReadReplica } from '@gatehouse/db/read-replica';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Orm } from './database.ts';

type Given = Pick<Config, 'replicaUrl' | 'poolSize'>;

/** The standby of `DATABASE_REPLICA_URL`. Undefined without one. */
export function openReplica({ replicaUrl, poolSize }: Given, primary: Orm, logger: Logger) {
  if (replicaUrl === null) return undefined;
  const orm = createOrm({ databaseUrl: replicaUrl, poolSize, name: 'gatehouse-replica' });
  const probe = createOrm({ databaseUrl: replicaUrl, poolSize: 1, name: 'gatehouse-replica-probe' });
  const onChange = (avoided: string | null): void =>
    avoided === null
      ? logger.info('queries use the read replica again')
      : logger.warn({ reason: avoided }, 'queries avoid the read replica');
  return {
    reads: new ReadReplica({ primary: primary.em, replica: orm.em, probe: probe.em, onChange }),
    close: async () => void (await Promise.all([orm.close(), probe.close()])),
  };
}
