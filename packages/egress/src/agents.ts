import { Agent, buildConnector, fetch } from 'undici';
import type { Resolve } from './resolver.ts';

type Limits = { patience: number; longestBody: number };

/** The connections of an egress: `strict` verifies certificates, `trusting` does not. */
export type Agents = { fetch: typeof fetch; strict: Agent; trusting: Agent; close(): Promise<void> };

export function openAgents(resolve: Resolve, { patience, longestBody }: Limits): Agents {
  const agent = (sslVerify: boolean) =>
    new Agent({
      maxResponseSize: longestBody,
      headersTimeout: patience,
      bodyTimeout: patience,
      // Connections are not reused: the other side may close one just as the next request is sent on it.
      pipelining: 0,
      connect: guardedConnector(resolve, { rejectUnauthorized: sslVerify, timeout: patience }),
    });
  const [strict, trusting] = [agent(true), agent(false)];
  return {
    fetch,
    strict,
    trusting,
    async close() {
      await Promise.all([trusting.destroy(), strict.destroy()]);
    },
  };
}

/** Node calls `lookup` for names only, so a host that is an address is checked before the connection. */
function guardedConnector(
  resolve: Resolve,
  options: { rejectUnauthorized: boolean; timeout: number },
): buildConnector.connector {
  const connect = buildConnector({
    ...options,
    autoSelectFamily: true,
    lookup: (host, _options, report) => {
      resolve(host).then(
        (found) => report(null, found),
        (error: unknown) => report(asError(error), []),
      );
    },
  });
  return (target, report) => {
    resolve(target.hostname).then(
      () => connect(target, report),
      (error: unknown) => report(asError(error), null),
    );
  };
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
