import { createTestDatabase } from '@gatehouse/testing/database';
import { startStallingProxy } from '@gatehouse/testing/stalling-proxy';
import { expect, it } from 'vitest';
import { createOrm } from './orm.ts';
import { ReadReplica } from './read-replica.ts';
import { send } from './statement.ts';

it('reads on the primary while the replica is silent', async () => {
  await using database = await createTestDatabase();
  const proxy = await startStallingProxy(database.url);
  const primary = createOrm({ databaseUrl: database.url });
  const silent = createOrm({ databaseUrl: proxy.url });
  // Two connections are open, so that the wait for a new one cannot end the wait for an answer.
  await Promise.all([1, 2].map(() => send(silent.em.fork(), 'select pg_sleep(0.1)', [])));
  const reasons: (string | null)[] = [];
  const replica = new ReadReplica({
    primary: primary.em,
    replica: silent.em,
    onChange: (reason) => reasons.push(reason),
  });

  proxy.stall();
  const lost = send(silent.em.fork(), 'select', []).then(
    () => 'an answer of the replica',
    () => 'the end of the replica',
  );
  const read = (): Promise<string> =>
    replica.read(async (em) => {
      await send(em, 'select', []);
      return em.config === primary.em.config ? 'a read on the primary' : 'a read on the replica';
    });
  expect(await Promise.race([lost, read()])).toBe('a read on the primary');
  expect(reasons).toEqual(['unreachable']);
  await proxy[Symbol.asyncDispose]();
  await lost;
  await Promise.all([primary.close(), silent.close()]);
});
