import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { DatabaseClock } from './database-clock.ts';
import { createOrm } from './orm.ts';
import { createTestDatabase } from '@gatehouse/testing/database';

const DAY = 86_400_000;
const open = new AsyncDisposableStack();
let orm: ReturnType<typeof createOrm>;
beforeAll(async () => {
  const database = open.use(await createTestDatabase());
  orm = createOrm({ databaseUrl: database.url });
  open.defer(() => orm.close());
});
afterAll(() => open.disposeAsync());
afterEach(() => void vi.restoreAllMocks());

it('throws before the first response, and asks the database', async () => {
  const clock = new DatabaseClock(orm.em);
  expect(() => clock.now()).toThrow('The database has not responded yet');
  await expect.poll(() => Math.abs(clock.now().getTime() - Date.now()) < 1000).toBe(true);
});

it('advances with the monotonic clock, even if the system clock jumps', async () => {
  const clock = new DatabaseClock(orm.em);
  await clock.ask();
  const before = clock.now().getTime();
  vi.spyOn(Date, 'now').mockReturnValue(before + DAY);
  expect(clock.now().getTime() - before).toBeLessThan(1000);
  await clock.ask();
  expect(clock.now().getTime() - before).toBeLessThan(1000);
});

it('is adjusted by a fast response, but not by a slow one', () => {
  const clock = new DatabaseClock(orm.em);
  const monotonic = vi.spyOn(performance, 'now');
  monotonic.mockReturnValue(1000);
  clock.learn(500_000, 998);
  expect(clock.now().getTime()).toBe(500_001);
  monotonic.mockReturnValue(11_000);
  clock.learn(502_000, 1000);
  expect(clock.now().getTime(), 'after a response that took ten seconds').toBe(510_001);
  clock.learn(DAY, 10_998);
  expect(clock.now().getTime(), 'after a change of the database clock').toBe(DAY);
});
