import { GatehouseError } from '@gatehouse/contract/errors';
import { Router } from 'express';
import { readOnly } from './read-only.ts';

/** A check rejects or resolves to false while its dependency does not work. */
type Checks = Record<string, () => Promise<unknown>>;

export type Health = { checks: Checks; isDraining: () => boolean };

/** The most milliseconds of a check. */
const PATIENCE = 2000;

/** `/livez`: the process responds. `/readyz`: its dependencies work, and it is not shutting down. */
export function health({ checks, isDraining }: Health): Router {
  const router = Router();
  router.all(['/livez', '/readyz'], readOnly);
  router.get('/livez', (_req, res) => {
    res.json({ status: 'ok' });
  });
  router.get('/readyz', async (_req, res) => {
    if (isDraining()) throw new GatehouseError('overloaded', 'This process is shutting down.');
    const failing = await failingOf(checks);
    if (failing.length > 0) throw new GatehouseError('dependency_down', `Not ready: ${failing.join(', ')}.`);
    res.json({ status: 'ok' });
  });
  return router;
}

async function failingOf(checks: Checks): Promise<string[]> {
  const verdicts = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => ((await works(check)) ? [] : [name])),
  );
  return verdicts.flat();
}

async function works(check: () => Promise<unknown>): Promise<boolean> {
  const { promise: tooLate, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(resolve, PATIENCE, false);
  try {
    return (await Promise.race([check(), tooLate])) !== false;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
