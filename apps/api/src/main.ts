import './thread-pool.ts';
import { addressOf } from '@gatehouse/process/address';
import { runProgram, type Shell, tellReady, whenAborted } from '@gatehouse/process/run-program';
import { atMost } from './at-most.ts';
import { keepBootstrapToken } from './bootstrap-token.ts';
import { type Config, readConfig } from './config.ts';
import { trustedProxies } from './http/trusted-proxies.ts';
import { createHttpServer, listen } from './server.ts';
import { DATABASE_PATIENCE, openService } from './service.ts';

await runProgram({ logFields: null, readConfig, run });

/** Answers requests until asked to stop. */
async function run(config: Config, { log: logger, stop }: Shell): Promise<void> {
  await using cleanUp = new AsyncDisposableStack();
  const isDraining = (): boolean => stop.aborted;
  const service = cleanUp.use(await openService({ config, logger, isDraining }));
  const trust = trustedProxies(config.trustProxy);
  const http = createHttpServer(service.listener, {
    isProxy: (address) => trust(address, 0),
    isDraining,
    pace: () => service.limits.failures.pace(),
  });
  const port = await listen(http.server, config);
  cleanUp.defer(() => http.close());
  const url = addressOf(config.host, port);
  logger.info({ url }, 'api listening');

  await atMost(DATABASE_PATIENCE, keepBootstrapToken({ ...service, config, logger, stop }));
  if (!stop.aborted) tellReady(url);
  await whenAborted(stop);
  logger.info('api stopping');
}
