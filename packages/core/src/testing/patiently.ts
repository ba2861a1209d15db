import { setTimeout as delay } from 'node:timers/promises';
import { GatehouseError } from '@gatehouse/contract/errors';

/**
 * Calls again while the service is too busy, as its callers are told to. Many calls at once wait at most two seconds for
 * one of few connections, which a loaded machine may exceed.
 */
export async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof GatehouseError && error.code === 'overloaded')) throw error;
      await delay(100);
    }
  }
}
