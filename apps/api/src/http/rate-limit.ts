import type { Actor } from '@gatehouse/contract/actor';
import { GatehouseError } from '@gatehouse/contract/errors';
import { placeOf } from './place-of.ts';

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
} satisfies Record<string, { points: number; duration: number }>;

export type LimitName = keyof typeof LIMITS;

/** Shared by every process of the installation. Throws `rate_limited` once the limit is passed. */
export type RateLimits = {
  consume(name: LimitName, key: string): Promise<void>;
  /** Takes one back: it did not count after all. */
  giveBack(name: LimitName, key: string): Promise<void>;
};

/** Limits that hold something open. */
export type OpenRateLimits = RateLimits & { close(): void };

export const unlimited: OpenRateLimits = {
  consume: () => Promise.resolve(),
  giveBack: () => Promise.resolve(),
  close: () => undefined,
};

export const rateLimited = (retryAfterSeconds: number): GatehouseError =>
  new GatehouseError('rate_limited', `Too many attempts. Try again in ${String(retryAfterSeconds)} seconds.`, {
    retryAfterSeconds,
  });

export type Caller = { clientAddress: string; limits: RateLimits };

/** Looks at a valid call before it is made. */
export type Guard<Input> = (input: Input, caller: Caller & { actor: Actor }) => Promise<void>;

/** Per call, so that a batch counts as many; by portal, so that what is asked of one that is not there harms no other. */
export const limitRegistrations: Guard<{ portal_id: string; email: string }> = async (
  { portal_id, email },
  { clientAddress, limits },
) => {
  await limits.consume('register_by_address', placeOf(clientAddress));
  await limits.consume('register_by_email', JSON.stringify([portal_id.toLowerCase(), email.toLowerCase()]));
};
