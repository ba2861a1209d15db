import { Connection, type ConnectionOptions } from '@gatehouse/postgres/connection';
import { CALL_LIMITS } from '@gatehouse/postgres/limits';
import { guardPool, poolConfig } from '@gatehouse/postgres/pool';
import { defineConfig, MikroORM, type Options } from '@mikro-orm/postgresql';
import type { Pool } from 'pg';
import { COUNTER_TABLES } from './counters.ts';
import { ApiProduct } from './entities/api-product.entity.ts';
import { Application } from './entities/application.entity.ts';
import { Approval } from './entities/approval.entity.ts';
import { Credential, CredentialKey, CredentialLogin } from './entities/credential.entity.ts';
import { Deletion } from './entities/deletion.entity.ts';
import { Developer } from './entities/developer.entity.ts';
import { Email } from './entities/email.entity.ts';
import { EmailUndo } from './entities/email-undo.entity.ts';
import { Event, Outbox } from './entities/event.entity.ts';
import { EventContext } from './entities/event-context.entity.ts';
import { Identity, LoginOption, SsoAnswer } from './entities/login-option.entity.ts';
import { Operator, OperatorSession } from './entities/operator.entity.ts';
import { Portal } from './entities/portal.entity.ts';
import { Revocation } from './entities/revocation.entity.ts';
import { Session } from './entities/session.entity.ts';
import { Subscription } from './entities/subscription.entity.ts';
import { Token } from './entities/token.entity.ts';

export type OrmOptions = Pick<ConnectionOptions, 'databaseUrl'> &
  Partial<ConnectionOptions> & {
    poolSize?: number;
    /** `MIGRATOR`, to migrate. Other processes don't load the migrations. */
    migrator?: Pick<Options, 'extensions' | 'migrations'>;
  };

/**
 * The MikroORM of a process, created once. Connects on first use. `MikroORM.init` would look for optional packages, and
 * load the migrator.
 */
export function createOrm({ databaseUrl, poolSize: size = 10, migrator = {}, ...given }: OrmOptions): MikroORM {
  const { name = 'gatehouse', limits = CALL_LIMITS, prepares = true } = given;
  const orm = new Orm(
    defineConfig({
      // The connections use the full URL, because MikroORM would drop its query. MikroORM needs the name only to create
      // a missing database, which is left to operators.
      dbName: new Connection({ databaseUrl, name, limits }).database ?? 'postgres',
      ensureDatabase: false,
      entities: [
        ApiProduct,
        Application,
        Approval,
        Credential,
        CredentialKey,
        CredentialLogin,
        Deletion,
        Developer,
        Email,
        EmailUndo,
        Event,
        EventContext,
        Identity,
        LoginOption,
        Operator,
        OperatorSession,
        Outbox,
        Portal,
        Revocation,
        Session,
        SsoAnswer,
        Subscription,
        Token,
      ],
      ...migrator,
      driverOptions: {
        ...poolConfig({ databaseUrl, name, limits, prepares, size }),
        onPoolCreated: (pool: Pool) => {
          guardPool(pool);
          orm.pool = pool;
        },
      },
      // Errors are thrown, and the processes have their own log.
      logger: () => undefined,
      // Without these settings, the schema diff would drop the queue, the rate limits, the counters, their triggers and all functions.
      schemaGenerator: {
        ignoreSchema: ['bullmq', 'history'],
        skipTables: ['rate_limit', ...COUNTER_TABLES],
        ignoreRoutines: true,
        ignoreTriggers: true,
        disableForeignKeys: false,
      },
    }),
  );
  return orm;
}

class Orm extends MikroORM {
  pool: Pool | undefined;

  /** The ORM ends its pool only if it has used it, but our statements take connections directly from the pool. */
  override async close(force = false): Promise<void> {
    await super.close(force);
    if (this.pool && !this.pool.ended) await this.pool.end();
  }
}
