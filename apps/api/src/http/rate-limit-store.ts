import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import {
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
  type RateLimiterAbstract,
} from 'rate-limiter-flexible';
import { signer } from '@gatehouse/core/secret';
import { logRefusals } from './refusals.ts';
import { LIMITS, rateLimited, type LimitName, type OpenRateLimits } from './rate-limit.ts';

/** The part of a `pg` pool that is needed. */
export type Database = { query(statement: { text: string; values: unknown[]; name?: string }): Promise<unknown> };

type Options = { redisUrl: string | null; redisPrefix: string; database: Database; secret: string; logger: Logger };
type MakeLimiter = (name: LimitName) => RateLimiterAbstract;

/**
 * Counts for all processes together, in Redis where there is one, else in PostgreSQL; a process that cannot reach them
 * counts by itself. Keys are kept only as an HMAC: an email address must not survive its owner's deletion.
 */
export function openRateLimits({ redisUrl, redisPrefix, database, secret, logger }: Options): OpenRateLimits {
  const redis = redisUrl === null ? null : openRedis(redisUrl);
  const make: MakeLimiter = redis ? onRedis(redis, redisPrefix) : onPostgres(database);
  const limiters: Record<LimitName, RateLimiterAbstract> = {
    register_by_address: make('register_by_address'),
    register_by_email: make('register_by_email'),
    login_by_address: make('login_by_address'),
    login_by_account: make('login_by_account'),
    login_in_all: make('login_in_all'),
    link_by_address: make('link_by_address'),
    mail_by_email: make('mail_by_email'),
    sso_by_address: make('sso_by_address'),
    own_account: make('own_account'),
  };
  const { sign } = signer(secret, 'rate-limit');
  const refusals = logRefusals(logger);
  return {
    async consume(name, key) {
      const signed = sign(key);
      try {
        await limiters[name].consume(signed);
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        refusals.note(name, signed);
        throw rateLimited(Math.ceil(refusal.msBeforeNext / 1000));
      }
    },
    async giveBack(name, key) {
      await limiters[name].reward(sign(key));
    },
    close() {
      refusals.close();
      redis?.disconnect();
    },
  };
}

const onRedis =
  (redis: Redis, prefix: string): MakeLimiter =>
  (name) =>
    new RateLimiterRedis({
      ...common(name),
      keyPrefix: `${prefix}:${name}`,
      storeClient: redis,
      rejectIfRedisNotReady: true,
    });

/** The table comes with the migrations, so that no request ever waits for it to be made. */
const onPostgres =
  (database: Database): MakeLimiter =>
  (name) =>
    new RateLimiterPostgres({
      ...common(name),
      storeClient: database,
      storeType: 'client',
      tableName: 'rate_limit',
      tableCreated: true,
    });

const common = (name: LimitName) => ({
  ...LIMITS[name],
  keyPrefix: name,
  // Whoever goes on is refused from memory until the time is over: many at one row would take all connections. Twice as
  // many, because those at once that are given back later do not count.
  inMemoryBlockOnConsumed: 2 * LIMITS[name].points,
  insuranceLimiter: new RateLimiterMemory({ ...LIMITS[name], keyPrefix: name }),
});

/** Milliseconds. */
const CONNECT_TIMEOUT = 1000;

function openRedis(url: string): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    connectTimeout: CONNECT_TIMEOUT,
    commandTimeout: CONNECT_TIMEOUT,
  });
  // The queue on the same Redis reports that it is away; without a listener it would end the process.
  return redis.on('error', () => undefined);
}
