import { expect, it } from 'vitest';
import { createLane } from './lane.ts';

const { signal } = new AbortController();

/** Notes who has entered, in order. */
function open(size: number) {
  const lane = createLane(size);
  const entered: string[] = [];
  const enter = async (caller: string): Promise<void> => {
    await lane.enter({ caller, patience: 5000, signal });
    entered.push(caller);
  };
  return { lane, entered, enter };
}

it('keeps the last connection free for other callers', async () => {
  const { entered, enter, lane } = open(4);
  const greedy = Array.from({ length: 10 }, () => enter('greedy'));
  await enter('other');
  expect(entered).toEqual(['greedy', 'greedy', 'greedy', 'other']);
  lane.leave('other');
  await enter('other');
  expect(entered.filter((caller) => caller === 'greedy')).toHaveLength(3);
  for (let n = 0; n < 7; n += 1) lane.leave('greedy');
  await Promise.all(greedy);
});

it('gives the next connection to the caller that has the fewest', async () => {
  const { entered, enter, lane } = open(3);
  await Promise.all([enter('a'), enter('a'), enter('b')]);
  const later = [enter('a'), enter('a'), enter('c')];
  lane.leave('a');
  await later[2];
  expect(entered).toEqual(['a', 'a', 'b', 'c']);
  lane.leave('c');
  lane.leave('a');
  await Promise.all(later);
  expect(entered).toHaveLength(6);
});

it('lets one caller use a lane of one connection', async () => {
  const { entered, enter, lane } = open(1);
  await enter('a');
  lane.leave('a');
  await enter('a');
  expect(entered).toEqual(['a', 'a']);
});
