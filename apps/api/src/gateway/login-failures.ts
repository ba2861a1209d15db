import { LRUCache } from 'lru-cache';
import { rateLimited } from '../http/rate-limited.ts';

export type GatewayLogin = { portalId: string; username: string; network: string | null };

/** How many wrong logins in how many milliseconds. */
type Limit = { failures: number; milliseconds: number };

const MINUTE = 60_000;
const BY_ADDRESS: Limit = { failures: 60, milliseconds: 10 * MINUTE };
/** From one address, as at sign-in: guessing keeps the owner of a login out at the guesser's own address alone. */
const BY_LOGIN: Limit = { failures: 10, milliseconds: 10 * MINUTE };
/** Where the address is unknown, this keeps the owner out as well, so it is over soon. */
const BY_USERNAME: Limit = { failures: 10, milliseconds: MINUTE };

/** Counts that are kept. At the pace of password hashes no guesser can push out its own. */
const COUNTS = 50_000;

type Count = { failures: number; until: number };
type LimitedKey = { key: string; limit: Limit };

/** Bounds guessing at logins, in each process by itself. Only a login whose password must be hashed is looked at. */
export class LoginFailures {
  readonly #counts = new LRUCache<string, Count>({ max: COUNTS });
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Throws `rate_limited` where too many have failed. */
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
