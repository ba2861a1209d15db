import { GatehouseError } from '@gatehouse/contract/errors';

export type LimitName = 'register_by_address' | 'register_by_email';

/** How many calls in how many seconds. */
export const LIMITS: Record<LimitName, { points: number; duration: number }> = {
  register_by_address: { points: 30, duration: 10 * 60 },
  register_by_email: { points: 5, duration: 60 * 60 },
};

/** Shared by every process of the installation. Throws `rate_limited` once the limit is passed. */
export type RateLimits = { consume(name: LimitName, key: string): Promise<void> };

/** Limits that hold something open. */
export type OpenRateLimits = RateLimits & { close(): void };

export const unlimited: OpenRateLimits = { consume: () => Promise.resolve(), close: () => undefined };

export const rateLimited = (retryAfterSeconds: number): GatehouseError =>
  new GatehouseError('rate_limited', `Too many attempts. Try again in ${String(retryAfterSeconds)} seconds.`, {
    retryAfterSeconds,
  });

/** Looks at a valid call before it is made. */
export type Guard<Input> = (input: Input, caller: { clientAddress: string; limits: RateLimits }) => Promise<void>;

/** Per call, so that a batch of registrations counts as many. */
export const limitRegistrations: Guard<{ email: string }> = async ({ email }, { clientAddress, limits }) => {
  await limits.consume('register_by_address', clientAddress);
  await limits.consume('register_by_email', email.toLowerCase());
};
