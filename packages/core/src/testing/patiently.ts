import { setTimeout as delay } from 'node:timers/promises';
import { GatehouseError } from '@gatehouse/contract/errors';

/**
 * Repeats the call while the service answers `overloaded`, as clients should. On a loaded machine, concurrent calls may
 * wait longer than the allowed two seconds for a connection.
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
