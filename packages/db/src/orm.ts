import { Connection, type ConnectionOptions } from '@gatehouse/postgres/connection';
import { CALL_LIMITS } from '@gatehouse/postgres/limits';
import { guardPool, poolConfig } from '@gatehouse/postgres/pool';
import { defineConfig, MikroORM } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
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
import { Portal } from './entities/portal.entity.ts';
import { Revocation } from './entities/revocation.entity.ts';
import { Session } from './entities/session.entity.ts';
import { Subscription } from './entities/subscription.entity.ts';
import { Token } from './entities/token.entity.ts';
import { migrations } from '../migrations/index.ts';

export type OrmOptions = Pick<ConnectionOptions, 'databaseUrl'> & Partial<ConnectionOptions> & { poolSize?: number };

/** The one MikroORM of a process. Does not connect until it is used. */
export function createOrm({ databaseUrl, poolSize: size = 10, ...given }: OrmOptions): Promise<MikroORM> {
  const { name = 'gatehouse', limits = CALL_LIMITS, prepares = true } = given;
  return MikroORM.init(
    defineConfig({
      // The connections have all of the address: of an address the ORM would drop everything behind the `?`. It asks for
      // the name only to create a database that is missing, which is not the service's to do.
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
        Outbox,
        Portal,
        Revocation,
        Session,
        SsoAnswer,
        Subscription,
        Token,
      ],
      extensions: [Migrator],
      driverOptions: {
        ...poolConfig({ databaseUrl, name, limits, prepares, size }),
        onPoolCreated: guardPool,
      },
      // What goes wrong is thrown; the processes that use this have their own log.
      logger: () => undefined,
      // Without these the schema diff would drop what is not an entity: the queue, the rate limits and the functions.
      schemaGenerator: {
        ignoreSchema: ['bullmq'],
        skipTables: ['rate_limit'],
        ignoreRoutines: true,
        disableForeignKeys: false,
      },
      migrations: { migrationsList: migrations, snapshot: false, transactional: true, allOrNothing: false },
    }),
  );
}
