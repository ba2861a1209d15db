import { GatehouseError } from '@gatehouse/contract/errors';

export const rateLimited = (retryAfterSeconds: number): GatehouseError =>
  new GatehouseError('rate_limited', `Too many attempts. Try again in ${String(retryAfterSeconds)} seconds.`, {
    retryAfterSeconds,
  });
