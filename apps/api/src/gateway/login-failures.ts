import { LRUCache } from 'lru-cache';
import { rateLimited } from '../http/rate-limited.ts';

export type GatewayLogin = { portalId: string; username: string; network: string | null };

/** The most wrong logins in a period of milliseconds. */
type Limit = { failures: number; milliseconds: number };

const MINUTE = 60_000;
const BY_ADDRESS: Limit = { failures: 60, milliseconds: 10 * MINUTE };
/** Counts by client and login, so that guessing locks the owner out only at the guesser's own address. */
const BY_LOGIN: Limit = { failures: 10, milliseconds: 10 * MINUTE };
/** For unknown client addresses. This locks the owner out too, so the period is short. */
const BY_USERNAME: Limit = { failures: 10, milliseconds: MINUTE };

/** The most counts. Guessing is too slow to evict one, because each guess needs a password hash. */
const COUNTS = 50_000;

type Count = { failures: number; until: number };
type LimitedKey = { key: string; limit: Limit };

/** Limits guessing at logins, in each process separately. Applies only to logins whose password must be hashed. */
export class LoginFailures {
  readonly #counts = new LRUCache<string, Count>({ max: COUNTS });
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Throws `rate_limited` after too many failures. */
  assertRoom(login: GatewayLogin): void {
    const now = this.#now();
    for (const { key, limit } of countedBy(login)) {
      const count = this.#counts.get(key);
      if (count && now < count.until && count.failures >= limit.failures)
        throw rateLimited(Math.ceil((count.until - now) / 1000));
    }
  }

  note(login: GatewayLogin): void {
    const now = this.#now();
    for (const { key, limit } of countedBy(login)) {
      const count = this.#counts.get(key);
      const current = count && now < count.until ? count : { failures: 0, until: now + limit.milliseconds };
      this.#counts.set(key, { ...current, failures: current.failures + 1 });
    }
  }
}

function countedBy({ portalId, username, network }: GatewayLogin): LimitedKey[] {
  const account = [portalId, username.normalize('NFC')];
  if (network === null) return [{ key: JSON.stringify(account), limit: BY_USERNAME }];
  return [
    { key: network, limit: BY_ADDRESS },
    { key: JSON.stringify([...account, network]), limit: BY_LOGIN },
  ];
}
