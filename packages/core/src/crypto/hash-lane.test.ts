import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { HashLane, HASHES_AT_ONCE } from './hash-lane.ts';

type Hash = { lane: string; end: () => void };

/** Hashes that end when the test says so, in the order in which they started. */
function startedIn(lanes: Record<string, HashLane>) {
  const started: Hash[] = [];
  const hash = (name: string) =>
    lanes[name]?.run(() => new Promise<void>((end) => started.push({ lane: name, end: () => end() })));
  return { started, hash };
}

it('runs as many hashes at once as it may, in all lanes together', async () => {
  const { started, hash } = startedIn({ a: new HashLane(), b: new HashLane() });
  for (let n = 0; n < 10; n += 1) for (const lane of ['a', 'b']) void hash(lane);
  await nextTurn();
  expect(started).toHaveLength(HASHES_AT_ONCE);
  for (let at = 0; at < 20; at += 1) {
    started[at]?.end();
    await nextTurn();
    expect(started).toHaveLength(Math.min(20, at + 1 + HASHES_AT_ONCE));
  }
});

it('lets no lane delay another by more than a few hashes', async () => {
  const { started, hash } = startedIn({ flooded: new HashLane(), other: new HashLane() });
  for (let n = 0; n < 50; n += 1) void hash('flooded');
  await nextTurn();
  void hash('other');
  for (let at = 0; at < HASHES_AT_ONCE; at += 1) {
    started[at]?.end();
    await nextTurn();
  }
  expect(started.map(({ lane }) => lane)).toContain('other');
  for (let at = HASHES_AT_ONCE; at < 51; at += 1) {
    started[at]?.end();
    await nextTurn();
  }
});
