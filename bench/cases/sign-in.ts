import { accountAt } from '../sign-in/account.ts';
import { openAccounts } from '../sign-in/open-accounts.ts';
import { type Pairs, timePairs } from '../sign-in/pairs.ts';
import { type BenchCase, scaled } from '../harness/bench.ts';
import type { Row } from '../harness/table.ts';

/** The allowed difference. */
const APART = 0.02;

export const signIn: BenchCase = {
  name: 'sign-in',
  about: 'S5: whether calls without a token take equally long for known and unknown accounts',
  async run(bench) {
    await using accounts = await openAccounts(bench);
    const rows: Row[] = [];
    for (const pairs of callsOf(scaled(bench, 200), scaled(bench, 2000))) {
      bench.say(`${pairs.verb}, ${String(pairs.count)} times each…`);
      const { known, unknown, apart } = await timePairs(accounts.api, accounts.portalId, pairs);
      rows.push(
        { bar: '', what: `${pairs.verb}, known account`, callers: 1, ...known },
        {
          bar: 'S5',
          what: `${pairs.verb}, unknown account: differs by ${(apart * 100).toFixed(1)} %`,
          callers: 1,
          ...unknown,
          aim: '≤ 2 %',
          met: apart <= APART,
        },
      );
    }
    return rows;
  },
};

const PASSWORD = 'a long one that nobody has';
/** A well-formed link with a time in the future and a wrong signature. */
const linkOf = (uid: string): string => `${uid}.${String(Date.now() + 60_000)}.${'x'.repeat(43)}`;
const noAccount = (n: number): string => accountAt(n).uid.replace('01930000', '01940000');

/** `hashed`: how often each call that hashes a password is made, `unhashed`: each other one. */
const callsOf = (hashed: number, unhashed: number): Pairs[] => [
  {
    verb: 'login',
    count: hashed,
    known: (n) => ({ username: accountAt(n).username, password: PASSWORD }),
    unknown: (n) => ({ username: `unknown-${String(n)}`, password: PASSWORD }),
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
    unknown: (n) => ({ email: `unknown-${String(n)}@example.org` }),
  },
  {
    verb: 'verify_email',
    count: unhashed,
    known: (n) => ({ token: linkOf(accountAt(n).uid) }),
    unknown: (n) => ({ token: linkOf(noAccount(n)) }),
  },
  {
    verb: 'reset_password',
    count: unhashed,
    known: (n) => ({ token: linkOf(accountAt(n).uid), password: PASSWORD }),
    unknown: (n) => ({ token: linkOf(noAccount(n)), password: PASSWORD }),
  },
];
