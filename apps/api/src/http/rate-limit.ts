import type { Actor } from '@gatehouse/contract/actor';
import { ERRORS } from '@gatehouse/contract/errors';
import { asciiAddress } from '@gatehouse/contract/text';
import { comparable } from '@gatehouse/db/comparable';
import { uncounted, type Failures } from './failures.ts';
import { networkOf } from './network-of.ts';
import { toGatehouseError } from './problem.ts';

/** How many calls in how many seconds. */
export const LIMITS = {
  register_by_address: { points: 30, duration: 10 * 60 },
  register_by_email: { points: 5, duration: 60 * 60 },
  // Sign-ins that failed. None counts by account alone: that would lock its owner out.
  login_by_address: { points: 30, duration: 10 * 60 },
  login_by_account: { points: 10, duration: 10 * 60 },
  // All sign-ins, also good ones: each leaves a line in the audit log for good.
  login_in_all: { points: 60, duration: 60 * 60 },
  // Links that were asked for or shown.
  link_by_address: { points: 30, duration: 10 * 60 },
  mail_by_email: { points: 5, duration: 60 * 60 },
  // Sign-ins by an identity provider that were begun or came back.
  sso_by_address: { points: 120, duration: 10 * 60 },
  // Of a developer in person: guesses at its own password, and addresses that it has mails sent to.
  own_account: { points: 10, duration: 10 * 60 },
  // Changes by a developer in person, and by portal tokens on its behalf: each stays in the audit log for good.
  developer_changes: { points: 60, duration: 60 },
} satisfies Record<string, { points: number; duration: number }>;

export type LimitName = keyof typeof LIMITS;

export type Count = { name: LimitName; key: string };

/** Shared by every process of the installation. */
export type RateLimits = {
  /** Counts all of these or, where a limit is reached, none: then it throws `rate_limited` for the first of them. */
  consume(...counts: Count[]): Promise<void>;
  giveBack(...counts: Count[]): Promise<void>;
  failures: Failures;
};

/** The same limits, which can take back what they have counted. */
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

/** Whether a call failed before anything was decided: an outage, or a limit. Such an attempt does not count. */
export function isUndecided(error: unknown): boolean {
  const { status } = ERRORS[toGatehouseError(error).code];
  return status >= 500 || status === ERRORS.rate_limited.status;
}

/** Limits that hold something open. */
export type OpenRateLimits = RateLimits & { close(): void };

export const unlimited: OpenRateLimits = {
  consume: () => Promise.resolve(),
  giveBack: () => Promise.resolve(),
  failures: uncounted,
  close: () => undefined,
};

export type Caller = { clientAddress: string; limits: RateLimits };

/** Looks at a valid call before it is made. */
export type Guard<Input> = (input: Input, caller: Caller & { actor: Actor }) => Promise<void>;

/** An address as accounts are compared by it: spelling its domain in another way does not make another count. */
export const addressIn = ({ portal_id, email }: { portal_id: string; email: string }): string =>
  JSON.stringify([portal_id.toLowerCase(), comparable(asciiAddress(email))]);

/** Per call, so that a batch counts as many; by portal, so that what is asked of one that is not there harms no other. */
export const limitRegistrations: Guard<{ portal_id: string; email: string }> = async (
  input,
  { clientAddress, limits },
) =>
  limits.consume(
    { name: 'register_by_address', key: networkOf(clientAddress) },
    { name: 'register_by_email', key: addressIn(input) },
  );

/** Bounds what one developer can write to the audit log, whichever call it uses. */
export async function limitChanges({ actor, limits }: Caller & { actor: Actor }): Promise<void> {
  const developer = actor.kind === 'portal_token' ? actor.developer : actor.kind === 'developer' ? actor : null;
  if (developer) await limits.consume({ name: 'developer_changes', key: developer.uid });
}
