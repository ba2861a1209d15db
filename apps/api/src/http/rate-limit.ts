import type { Actor } from '@gatehouse/contract/actor';
import { ERRORS } from '@gatehouse/contract/errors';
import { asciiAddress } from '@gatehouse/contract/text';
import { comparable } from '@gatehouse/db/comparable';
import { uncounted, type Failures } from './failures.ts';
import { networkOf } from './network-of.ts';
import { toGatehouseError } from './problem.ts';

/** The most calls in a period of seconds. */
export const LIMITS = {
  register_by_address: { points: 30, duration: 10 * 60 },
  register_by_email: { points: 5, duration: 60 * 60 },
  // Failed sign-ins. None counts by account alone, because that would lock the owner out.
  login_by_address: { points: 30, duration: 10 * 60 },
  login_by_account: { points: 10, duration: 10 * 60 },
  // All sign-ins, even successful ones, because each adds a permanent row to the audit log.
  login_in_all: { points: 60, duration: 60 * 60 },
  // Links requested or used.
  link_by_address: { points: 30, duration: 10 * 60 },
  mail_by_email: { points: 5, duration: 60 * 60 },
  // Starts and callbacks of sign-ins at an identity provider.
  sso_by_address: { points: 120, duration: 10 * 60 },
  // A signed-in person's password entries and address changes.
  own_account: { points: 10, duration: 10 * 60 },
  // Changes by a developer, or by portal tokens for a developer, because each adds a permanent row to the audit log.
  developer_changes: { points: 60, duration: 60 },
} satisfies Record<string, { points: number; duration: number }>;

export type LimitName = keyof typeof LIMITS;

export type Count = { name: LimitName; key: string };

/** Counts that all processes of the installation share. */
export type RateLimits = {
  /** Counts against all of these limits. If one is reached, counts against none and throws `rate_limited`. */
  consume(...counts: Count[]): Promise<void>;
  giveBack(...counts: Count[]): Promise<void>;
  failures: Failures;
};

/** Limits whose counts can be given back. */
export function undoable(limits: RateLimits): RateLimits & { undo(): Promise<void> } {
  const counted: Count[] = [];
  return {
    ...limits,
    async consume(...counts) {
      await limits.consume(...counts);
      counted.push(...counts);
    },
    undo: () => limits.giveBack(...counted.splice(0)),
  };
}

/** Whether a call failed by an outage or a limit. Such an attempt does not count. */
export function isUndecided(error: unknown): boolean {
  const { status } = ERRORS[toGatehouseError(error).code];
  return status >= 500 || status === ERRORS.rate_limited.status;
}

/** Limits with open connections or timers. */
export type OpenRateLimits = RateLimits & { close(): void };

export const unlimited: OpenRateLimits = {
  consume: () => Promise.resolve(),
  giveBack: () => Promise.resolve(),
  failures: uncounted,
  close: () => undefined,
};

export type Caller = { clientAddress: string; limits: RateLimits };

/** Runs before a valid call, and may refuse it. */
export type Guard<Input> = (input: Input, caller: Caller & { actor: Actor }) => Promise<void>;

/** Uses the comparable form of the address, so that another spelling of its domain shares the count. */
export const addressIn = ({ portal_id, email }: { portal_id: string; email: string }): string =>
  JSON.stringify([portal_id.toLowerCase(), comparable(asciiAddress(email))]);

/** Counts each call of a batch. Counts by portal, so that calls to a missing portal affect no other. */
export const limitRegistrations: Guard<{ portal_id: string; email: string }> = async (
  input,
  { clientAddress, limits },
) =>
  limits.consume(
    { name: 'register_by_address', key: networkOf(clientAddress) },
    { name: 'register_by_email', key: addressIn(input) },
  );

/** Limits the rows that one developer can add to the audit log. */
export async function limitChanges({ actor, limits }: Caller & { actor: Actor }): Promise<void> {
  const developer = actor.kind === 'portal_token' ? actor.developer : actor.kind === 'developer' ? actor : null;
  if (developer) await limits.consume({ name: 'developer_changes', key: developer.uid });
}
