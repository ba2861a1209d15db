import { join } from 'node:path';
import { type BenchCase, CALLERS, scaled } from '../harness/bench.ts';
import { startChild } from '../harness/child.ts';
import type { Row } from '../harness/table.ts';
import { timesBetween, timesOf } from '../harness/other-caller.ts';
import { accountAt } from '../sign-in/account.ts';
import { type Guesses, parseStatuses } from '../sign-in/guess.ts';
import { openAccounts } from '../sign-in/open-accounts.ts';

export const guessing: BenchCase = {
  name: 'guessing',
  about: 'S7: 10,000 wrong passwords for one account, and how they slow down other callers',
  async run(bench) {
    await using accounts = await openAccounts(bench);
    const { api, portalId } = accounts;
    await using guesser = await startChild({
      script: 'bench/sign-in/guess.ts',
      output: join(bench.scratch, 'guess.log'),
    });
    const count = Math.max(50, scaled(bench, 10_000));
    const guess = async (username: string, places: number) => {
      const path = `/api/portals/${portalId}/auth/login`;
      const guesses: Guesses = { url: api.url, path, username, count, callers: CALLERS, places };
      return parseStatuses(await guesser.ask(guesses));
    };
    bench.say(`${String(count)} wrong passwords from one address, and from many…`);
    const read = { api, path: `/portals/${portalId}` };
    const before = await timesOf(read, scaled(bench, 1000));
    const one = await timesBetween(read, () => guess(accountAt(0).username, 1));
    const many = await timesBetween(read, () => guess(accountAt(1).username, Math.ceil(count / 100)));
    return [
      { bar: '', what: 'another call, without guesses', callers: 1, ...before },
      { bar: '', what: 'another call, guesses from one address', callers: CALLERS, ...one.times },
      { bar: '', what: 'another call, guesses from many addresses', callers: CALLERS, ...many.times },
      guessed('one address', one.result),
      guessed('many addresses', many.result),
    ];
  },
};

function guessed(what: string, statuses: Record<string, number>): Row {
  const words = Object.entries(statuses).map(([status, count]) => `${String(count)} × ${status}`);
  const met = (statuses['401'] ?? 0) <= 100;
  return { bar: 'S7', what: `${what}: ${words.join(', ')}`, aim: '≤ 100 × 401', met };
}
