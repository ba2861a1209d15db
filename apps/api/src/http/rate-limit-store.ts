import { Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import {
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
  type RateLimiterAbstract,
} from 'rate-limiter-flexible';
import { signer } from '@gatehouse/core/crypto/secret';
import { countFailures } from './failures.ts';
import { logRefusals } from './refusals.ts';
import { rateLimited } from './rate-limited.ts';
import { LIMITS, type Count, type LimitName, type OpenRateLimits } from './rate-limit.ts';

/** The part of a `pg` pool that is needed. */
export type Database = { query(statement: { text: string; values: unknown[]; name?: string }): Promise<unknown> };

type Options = { redisUrl: string | null; redisPrefix: string; database: Database; secret: string; logger: Logger };
type MakeLimiter = (name: LimitName) => RateLimiterAbstract;

/** A limit that refuses is not looked up again for so many milliseconds: a flood must not take all connections. */
const REFUSED_FOR = 1000;
/** Limits and callers that this is remembered of. */
const REFUSED = 10_000;

/**
 * Counts for all processes together, in Redis if there is one, else in PostgreSQL. A process that cannot reach Redis
 * counts in its own memory. One that cannot reach PostgreSQL refuses the call, which could not do its work either.
 * Keys are kept only as an HMAC: an email address must not survive its owner's deletion.
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
    developer_changes: make('developer_changes'),
  };
  const { sign } = signer(secret, 'rate-limit');
  const refusals = logRefusals(logger);
  const refused = new LRUCache<string, number>({ max: REFUSED });

  function refuse({ name, key }: Count, milliseconds: number): never {
    refusals.note(name, key);
    throw rateLimited(Math.max(1, Math.ceil(milliseconds / 1000)));
  }

  /** Only reads, so that refused attempts write nothing. */
  async function assertRoom(count: Count): Promise<void> {
    const id = `${count.name}:${count.key}`;
    const until = refused.get(id);
    if (until !== undefined) refuse(count, until - performance.now());
    const limiter = limiters[count.name];
    const held = await limiter.get(count.key);
    if (held && outlasts(held, count.name)) await limiter.delete(count.key);
    else if (held && held.consumedPoints >= LIMITS[count.name].points) {
      const { msBeforeNext } = held;
      refused.set(id, performance.now() + msBeforeNext, { ttl: Math.min(msBeforeNext, REFUSED_FOR) });
      refuse(count, msBeforeNext);
    }
  }

  async function giveBack(counts: Count[]): Promise<void> {
    for (const { name, key } of counts) await limiters[name].reward(key);
  }

  async function count(signed: Count[]): Promise<void> {
    for (const [index, each] of signed.entries()) {
      try {
        await limiters[each.name].consume(each.key);
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        // Others came first since it was looked at. Some of them may give theirs back, so this refusal is not remembered.
        await giveBack(signed.slice(0, index + 1));
        refuse(each, refusal.msBeforeNext);
      }
    }
  }

  const signed = (counts: Count[]): Count[] => counts.map(({ name, key }) => ({ name, key: sign(key) }));
  return {
    async consume(...counts) {
      const asked = signed(counts);
      for (const each of asked) await assertRoom(each);
      await count(asked);
    },
    giveBack: (...counts) => giveBack(signed(counts)),
    failures: countFailures((client) => refusals.note('failures_by_address', sign(client))),
    close() {
      refusals.close();
      redis?.disconnect();
    },
  };
}

/** Milliseconds by which the clocks of two processes may differ. */
const SKEW = 60_000;

/** A count ends with its window. One that would last longer was made by a process whose clock was ahead. */
const outlasts = ({ msBeforeNext }: RateLimiterRes, name: LimitName): boolean =>
  msBeforeNext > LIMITS[name].duration * 1000 + SKEW;

const onRedis =
  (redis: Redis, prefix: string): MakeLimiter =>
  (name) =>
    new RateLimiterRedis({
      ...LIMITS[name],
      keyPrefix: `${prefix}:${name}`,
      storeClient: redis,
      rejectIfRedisNotReady: true,
      insuranceLimiter: new RateLimiterMemory({ ...LIMITS[name], keyPrefix: name }),
    });

/** The table comes with the migrations, so that no request ever waits for it to be made. */
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
const CONNECT_TIMEOUT = 1000;

function openRedis(url: string): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    connectTimeout: CONNECT_TIMEOUT,
    commandTimeout: CONNECT_TIMEOUT,
    // A connection that does not answer is replaced.
    socketTimeout: CONNECT_TIMEOUT,
    keepAlive: 10_000,
  });
  // The queue on the same Redis reports that it is away; without a listener it would end the process.
  return redis.on('error', () => undefined);
}
