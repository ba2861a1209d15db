import { expect, test } from 'vitest';
import { createOrm } from './orm.ts';
import { createTestDatabase } from './testing/database.ts';

test('a pool whose connections were dropped in mid-transaction still has some to give', async () => {
  await using database = await createTestDatabase();
  const orm = await createOrm({ databaseUrl: database.url, poolSize: 2 });
  const dropped = () =>
    orm.em.fork().transactional((em) => em.execute('select pg_terminate_backend(pg_backend_pid())'));
  for (let n = 0; n < 5; n += 1) await expect(dropped()).rejects.toThrow(/terminat/);
  expect(await orm.em.fork().execute('select 1 as one')).toEqual([{ one: 1 }]);
  await orm.close();
});
