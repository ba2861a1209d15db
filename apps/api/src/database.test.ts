import { createTestDatabase } from '@gatehouse/testing/database';
import { Statement } from '@gatehouse/db/statement';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { openGatewayDatabase } from './database.ts';
import { startStallingProxy } from '@gatehouse/testing/stalling-proxy';

const one = new Statement({ name: 'one', text: 'select 1 as one', params: [], row: z.object({ one: z.int() }) });

it('rejects queries for gateways in time while the database is silent, and recovers', async () => {
  await using open = new AsyncDisposableStack();
  const { url } = open.use(await createTestDatabase());
  const proxy = open.use(await startStallingProxy(url));
  const database = openGatewayDatabase(proxy.url);
  open.defer(() => database.close());
  const ask = () => database.query(one, []);
  expect(await ask()).toEqual([{ one: 1 }]);

  proxy.stall();
  const begun = performance.now();
  const asked = await Promise.allSettled(Array.from({ length: 60 }, ask));
  const codes = asked.map((outcome) =>
    outcome.status === 'rejected' ? String(Reflect.get(Object(outcome.reason), 'code')) : 'answered',
  );
  expect(new Set(codes)).toEqual(new Set(['dependency_down', 'overloaded']));
  expect(performance.now() - begun).toBeLessThan(4000);

  proxy.resume();
  await expect.poll(ask, { timeout: 5000 }).toEqual([{ one: 1 }]);
});
