import { sha256 } from '@gatehouse/core/crypto/secret';
import type { Context } from '@gatehouse/core/kernel/context';
import type { KnownCaller } from '@gatehouse/core/kernel/known-caller';
import { authenticateOperatorSession } from '@gatehouse/core/operator/authenticate-operator-session';
import { authenticateSession, type InSession } from '@gatehouse/core/session/authenticate-session';
import { authenticateToken } from '@gatehouse/core/token/authenticate';
import { outsideCall } from '@gatehouse/postgres/call';
import { LRUCache } from 'lru-cache';
import type { LookupStart } from './revocation/lookup.ts';
import type { Revocations } from './revocation/revocations.ts';
import { SharedLookups } from './revocation/shared-lookups.ts';

/** Milliseconds. A revocation ends an entry earlier; this is the upper bound, even for changes that no event announces. */
const AGE = 1000;
/** The most holders of each kind that are remembered. */
const MOST = 20_000;

type Authenticate<C> = (context: Pick<Context, 'em' | 'now'>, token: string) => Promise<C | null>;
type Entry<C> = LookupStart & { caller: C };

/** The holders of tokens and sessions; null for an unknown, expired or ended one. */
export type Callers = {
  ofToken: Authenticate<KnownCaller>;
  ofSession: Authenticate<InSession>;
  ofConsoleSession: Authenticate<KnownCaller>;
};

type Freshness = {
  revocations: Revocations;
  /** Whether this process knows every revocation that is older than a second. If not, it asks the database each time. */
  isCurrent: () => boolean;
  clock: () => Date;
};

export const rememberCallers = (freshness: Freshness): Callers => ({
  ofToken: remembered(freshness, authenticateToken),
  ofSession: remembered(freshness, authenticateSession),
  ofConsoleSession: remembered(freshness, authenticateOperatorSession),
});

/** Only valid tokens are remembered, under their hashes: a memory dump must not contain usable tokens. */
function remembered<C extends KnownCaller>(
  { revocations, isCurrent, clock }: Freshness,
  authenticate: Authenticate<C>,
): Authenticate<C> {
  const entries = new LRUCache<string, Entry<C>>({ max: MOST });
  const lookups = new SharedLookups<C | null>();
  const recall = (key: string, now: Date): C | undefined => {
    const entry = entries.get(key);
    return entry && holds(entry, revocations, now) ? entry.caller : undefined;
  };
  const lookUp = async (key: string, em: Context['em'], token: string): Promise<C | null> => {
    const start = { stamp: revocations.stamp, begun: performance.now() };
    const caller = await authenticate({ em, now: clock() }, token);
    if (caller) entries.set(key, { caller, ...start });
    else entries.delete(key);
    return caller;
  };
  return async ({ em, now }, token) => {
    if (!isCurrent()) return authenticate({ em, now }, token);
    const key = sha256(token);
    const known = recall(key, now);
    if (known) return known;
    // The look-up has to finish for the other callers even if the first one disconnects.
    return lookups.run(key, () => outsideCall(async () => recall(key, clock()) ?? lookUp(key, em, token)));
  };
}

const holds = ({ caller, stamp, begun }: Entry<KnownCaller>, revocations: Revocations, now: Date): boolean =>
  performance.now() < begun + AGE && now.getTime() < caller.expiresAt && revocations.holds(stamp, caller.targets);
