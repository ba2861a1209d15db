import { setTimeout as delay } from 'node:timers/promises';
import { GatehouseError } from '@gatehouse/contract/errors';
import { ensureBootstrapToken } from '@gatehouse/core/token/ensure-bootstrap-token';
import { StartError } from '@gatehouse/process/start-error';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { isMigrated, type Orm } from './database.ts';

type Options = { orm: Orm; config: Config; logger: Logger; stop: AbortSignal; clock: () => Date };

/** Milliseconds between attempts. */
const PAUSE = 500;

/** Brings the token `bootstrap` in line with `GATEHOUSE_ADMIN_TOKEN`. Retries until the database is ready or the process stops. */
export async function keepBootstrapToken({ orm, config, logger, stop, clock }: Options): Promise<void> {
  for (let waiting = false; !stop.aborted; waiting = true) {
    try {
      if (await isMigrated(orm)) {
        const actor = { kind: 'system', id: 'api' } as const;
        await ensureBootstrapToken.execute(
          { em: orm.em, actor, now: clock(), requestId: null, settings: config },
          { token: config.adminToken },
        );
        return;
      }
    } catch (error) {
      if (error instanceof GatehouseError && error.code !== 'dependency_down')
        throw new StartError(error.message, { cause: error });
    }
    if (!waiting) logger.warn('waiting for the database and its migrations');
    await delay(PAUSE, undefined, { signal: stop }).catch(() => undefined);
  }
}
