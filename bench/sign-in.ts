import { join } from 'node:path';
import { accountAt, fillAccounts } from './account.ts';
import { startChild } from './child.ts';
import { type Guesses, parseStatuses } from './guess.ts';
import { timesBetween, timesOf } from './other-call.ts';
import { type Pairs, timePairs } from './pairs.ts';
import { make, openService, type Service } from './service.ts';
import type { Row } from './table.ts';

export type Size = {
  accounts: number;
  /** Number of pairs for each call that hashes a password, and for each other call. */
  hashed: number;
  unhashed: number;
  guesses: number;
  others: number;
};

export const FULL: Size = { accounts: 10_000, hashed: 800, unhashed: 4000, guesses: 10_000, others: 1000 };
/** Enough to check that everything works. */
export const QUICK: Size = { accounts: 50, hashed: 4, unhashed: 8, guesses: 50, others: 20 };

/** S5: the allowed difference. */
const APART = 0.02;
const CALLERS = 32;

type Options = { serverUrl: string; scratch: string; size: Size; say: (line: string) => void };
type Context = Pick<Options, 'scratch' | 'size' | 'say'> & { service: Service; portalId: string };

/** Measures what an attacker can try without a token: to find out whether an account exists, and to guess its password. */
export async function benchSignIn({ serverUrl, scratch, size, say }: Options): Promise<Row[]> {
  await using service = await openService({ serverUrl, scratch, name: 'bench_sign_in', env: { TRUST_PROXY: '1' } });
  const settings = { registration_auto_approval: true };
  const portalId = await make(service.api, '/portals', { name: 'Bench', slug: 'bench', settings });
  await fillAccounts(service.database, portalId, size.accounts);
  const context = { service, portalId, scratch, size, say };
  return [...(await revealing(context)), ...(await guessing(context))];
}

const PASSWORD = 'a long one that nobody has';
/** A well-formed link with a time in the future and a wrong signature. */
const linkOf = (uid: string): string => `${uid}.${String(Date.now() + 60_000)}.${'x'.repeat(43)}`;
const nobody = (n: number): string => accountAt(n).uid.replace('01930000', '01940000');

/** S5: each call for known and unknown accounts in turns. */
async function revealing({ service, portalId, size, say }: Context): Promise<Row[]> {
  const { hashed, unhashed } = size;
  const calls: Pairs[] = [
    {
      verb: 'login',
      count: hashed,
      known: (n) => ({ username: accountAt(n).username, password: PASSWORD }),
      unknown: (n) => ({ username: `nobody-${String(n)}`, password: PASSWORD }),
    },
    {
      verb: 'register',
      count: hashed,
      known: (n) => ({ username: `known-${String(n)}`, email: accountAt(n).email, password: PASSWORD }),
      unknown: (n) => ({ username: `other-${String(n)}`, email: `other-${String(n)}@example.org`, password: PASSWORD }),
    },
    {
      verb: 'forgot_password',
      count: unhashed,
      known: (n) => ({ email: accountAt(n).email }),
      unknown: (n) => ({ email: `nobody-${String(n)}@example.org` }),
    },
    {
      verb: 'verify_email',
      count: unhashed,
      known: (n) => ({ token: linkOf(accountAt(n).uid) }),
      unknown: (n) => ({ token: linkOf(nobody(n)) }),
    },
    {
      verb: 'reset_password',
      count: unhashed,
      known: (n) => ({ token: linkOf(accountAt(n).uid), password: PASSWORD }),
      unknown: (n) => ({ token: linkOf(nobody(n)), password: PASSWORD }),
    },
  ];
  const rows: Row[] = [];
  for (const pairs of calls) {
    say(`${pairs.verb}, ${String(pairs.count)} times each…`);
    const { known, unknown, apart } = await timePairs(service.api, portalId, pairs);
    rows.push(
      { bar: '', what: `${pairs.verb}, known account`, callers: 1, times: known },
      {
        bar: 'S5',
        what: `${pairs.verb}, unknown account: differs by ${(apart * 100).toFixed(1)} %`,
        callers: 1,
        times: unknown,
        aim: '≤ 2 %',
        met: apart <= APART,
      },
    );
  }
  return rows;
}

/** S7: ten thousand wrong passwords for one account, and how they affect other callers. */
async function guessing({ service: { api }, portalId, scratch, size, say }: Context): Promise<Row[]> {
  await using guesser = await startChild({ script: 'bench/guess.ts', output: join(scratch, 'guess.log') });
  const path = `/api/portals/${portalId}/auth/login`;
  const { url } = api;
  const guess = async (username: string, places: number) => {
    const guesses: Guesses = { url, path, username, count: size.guesses, callers: CALLERS, places };
    return parseStatuses(await guesser.ask(guesses));
  };
  say(`${String(size.guesses)} wrong passwords from one address, and from many…`);
  const before = await timesOf(api, portalId, size.others);
  const one = await timesBetween(api, portalId, () => guess(accountAt(0).username, 1));
  const many = await timesBetween(api, portalId, () => guess(accountAt(1).username, Math.ceil(size.guesses / 100)));
  const guessed = (what: string, statuses: Record<string, number>): Row => {
    const met = (statuses['401'] ?? 0) <= 100;
    return { bar: 'S7', what: `${what}: ${wordsOf(statuses)}`, aim: '≤ 100 × 401', met };
  };
  const wordsOf = (statuses: object): string =>
    Object.entries(statuses)
      .map(([status, count]) => `${String(count)} × ${status}`)
      .join(', ');
  return [
    { bar: '', what: 'another call, without guesses', callers: 1, times: before },
    { bar: '', what: 'another call, guesses from one address', callers: CALLERS, times: one.times },
    { bar: '', what: 'another call, guesses from many addresses', callers: CALLERS, times: many.times },
    guessed('one address', one.result),
    guessed('many addresses', many.result),
  ];
}
