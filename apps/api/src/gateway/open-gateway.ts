import type { RequestListener } from 'node:http';
import { recordLastUsed } from '@gatehouse/core/gateway/record-last-used';
import type { DatabaseClock } from '@gatehouse/db/database-clock';
import type { Config } from '../config.ts';
import { openGatewayDatabase, type Orm } from '../database.ts';
import { trustedProxies } from '../http/trusted-proxies.ts';
import { createGateway, type GatewayDeps } from './gateway.ts';
import { keepLastUsed } from './last-used.ts';
import { LoginFailures } from './login-failures.ts';

export interface OpenGateway {
  listener: RequestListener;
  close(): Promise<void>;
}

type Options = Pick<GatewayDeps, 'logger' | 'metrics' | 'revocations' | 'isCurrent'> & {
  config: Pick<Config, 'directUrl' | 'rateLimits' | 'trustProxy'>;
  orm: Orm;
  clock: DatabaseClock;
};

/** The listener for gateways with its connections. It reconnects when the database becomes reachable. */
export function openGateway({ config, orm, clock, ...deps }: Options): OpenGateway {
  const { directUrl: databaseUrl, rateLimits, trustProxy } = config;
  const database = openGatewayDatabase(databaseUrl);
  const lastUsed = keepLastUsed({ clock: () => clock.now(), write: (used) => recordLastUsed({ em: orm.em }, used) });
  return {
    listener: createGateway({
      ...deps,
      database,
      onUsed: (credentialId) => lastUsed.mark(credentialId),
      failures: rateLimits ? new LoginFailures() : null,
      trust: trustedProxies(trustProxy),
      clock: () => clock.now(),
    }),
    async close() {
      await lastUsed.stop();
      await database.close();
    },
  };
}

/** Answers gateways before Express sees the request, because their callers wait for the answer. */
export const gatewayFirst =
  (gateway: RequestListener, others: RequestListener): RequestListener =>
  (req, res) =>
    req.url?.startsWith('/gateway/') ? gateway(req, res) : others(req, res);
