import type { BenchCase } from '../harness/bench.ts';
import { developers } from './developers.ts';
import { finishedJobs } from './finished-jobs.ts';
import { gateway } from './gateway.ts';
import { guessing } from './guessing.ts';
import { reads } from './reads.ts';
import { revocation } from './revocation.ts';
import { search } from './search.ts';
import { signIn } from './sign-in.ts';

/** In the order in which they run. */
export const CASES: readonly BenchCase[] = [
  developers,
  search,
  reads,
  gateway,
  revocation,
  finishedJobs,
  signIn,
  guessing,
];
