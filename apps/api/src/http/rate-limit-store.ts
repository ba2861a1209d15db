import type { RedisClient } from '@gatehouse/queue/redis-client';
import type { Logger } from 'pino';
import {
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  type RateLimiterAbstract,
} from 'rate-limiter-flexible';
import { signer } from '@gatehouse/core/crypto/secret';
import { countFailures } from './failures.ts';
import { LimitCounter } from './limit-counter.ts';
import { logRefusals } from './refusals.ts';
import { LIMITS, type Count, type LimitName, type OpenRateLimits } from './rate-limit.ts';

/** The method of a `pg` pool that the rate limiter calls. */
export type Database = { query(statement: { text: string; values: unknown[]; name?: string }): Promise<unknown> };

type Options = { redisUrl: string | null; redisPrefix: string; database: Database; secret: string; logger: Logger };
type MakeLimiter = (name: LimitName) => RateLimiterAbstract;

/**
 * Counts for all processes together, in Redis if there is one, else in PostgreSQL. A process that cannot reach Redis
 * counts in its own memory. One that cannot reach PostgreSQL refuses the call, which could not do its work either.
 * Keys are kept only as an HMAC: an email address must not survive its owner's deletion.
 */
export async function openRateLimits(options: Options): Promise<OpenRateLimits> {
  const { redisUrl, redisPrefix, database, secret, logger } = options;
  const redis = redisUrl === null ? null : await openRedis(redisUrl);
  const limiters = makeAll(redis ? onRedis(redis, redisPrefix) : onPostgres(database));
  const { sign } = signer(secret, 'rate-limit');
  const refusals = logRefusals(logger);
  const counter = new LimitCounter(limiters, ({ name, key }) => refusals.note(name, key));
  const signed = (counts: Count[]): Count[] => counts.map(({ name, key }) => ({ name, key: sign(key) }));
  return {
    consume: (...counts) => counter.consume(signed(counts)),
    giveBack: (...counts) => counter.giveBack(signed(counts)),
    failures: countFailures((client) => refusals.note('failures_by_address', sign(client))),
    close() {
      refusals.close();
      redis?.disconnect();
    },
  };
}

const makeAll = (make: MakeLimiter): Record<LimitName, RateLimiterAbstract> => ({
  register_by_address: make('register_by_address'),
  register_by_email: make('register_by_email'),
  login_by_address: make('login_by_address'),
  login_by_account: make('login_by_account'),
  login_in_all: make('login_in_all'),
  link_by_address: make('link_by_address'),
  mail_by_email: make('mail_by_email'),
  sso_by_address: make('sso_by_address'),
  own_account: make('own_account'),
  developer_changes: make('developer_changes'),
});

const onRedis =
  (redis: RedisClient, prefix: string): MakeLimiter =>
  (name) =>
    new RateLimiterRedis({
      ...LIMITS[name],
      keyPrefix: `${prefix}:${name}`,
      storeClient: redis,
      rejectIfRedisNotReady: true,
      insuranceLimiter: new RateLimiterMemory({ ...LIMITS[name], keyPrefix: name }),
    });

/** A migration creates the table, so no request waits for that. */
const onPostgres =
  (database: Database): MakeLimiter =>
  (name) =>
    new RateLimiterPostgres({
      ...LIMITS[name],
      keyPrefix: name,
      storeClient: database,
      storeType: 'client',
      tableName: 'rate_limit',
      tableCreated: true,
    });

/** Milliseconds. */
const PATIENCE = 1000;

async function openRedis(url: string): Promise<RedisClient> {
  const { connectRedis } = await import('@gatehouse/queue/redis-client');
  const redis = connectRedis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: PATIENCE,
    // Replaces a connection that does not respond.
    socketTimeout: PATIENCE,
  });
  // Without a listener, an error would end the process. The queue on the same Redis logs outages.
  return redis.on('error', () => undefined);
}
