import { Cluster, Redis, type RedisOptions } from 'ioredis';

export type RedisClient = Redis | Cluster;

type ClientOptions = Pick<
  RedisOptions,
  'commandTimeout' | 'enableOfflineQueue' | 'maxRetriesPerRequest' | 'socketTimeout'
>;

/** Milliseconds. */
const CONNECT_TIMEOUT = 1000;
const retryStrategy = (attempt: number): number => Math.min(attempt * 50, 500);

/** Connects to `redis://`, or to the Redis Cluster of which `redis+cluster://` names a node. It reconnects forever. */
export function connectRedis(redisUrl: string, { enableOfflineQueue = true, ...given }: ClientOptions): RedisClient {
  const options = { keepAlive: 10_000, connectTimeout: CONNECT_TIMEOUT, ...given };
  const { protocol, hostname, port, username, password } = new URL(redisUrl);
  if (!protocol.includes('+cluster')) return new Redis(redisUrl, { ...options, enableOfflineQueue, retryStrategy });
  return new Cluster([{ host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? 6379 : Number(port) }], {
    enableOfflineQueue,
    clusterRetryStrategy: retryStrategy,
    // Nodes keep their names, because their certificates name them.
    dnsLookup: (address, report) => report(null, address),
    redisOptions: {
      ...options,
      ...(username === '' ? {} : { username: decodeURIComponent(username) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss+cluster:' ? { tls: {} } : {}),
    },
  });
}
