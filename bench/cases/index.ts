import type { BenchCase } from '../harness/bench.ts';
import { accept } from './accept.ts';
import { deletions } from './deletions.ts';
import { developers } from './developers.ts';
import { finishedJobs } from './finished-jobs.ts';
import { gateway } from './gateway.ts';
import { growth } from './growth.ts';
import { guessing } from './guessing.ts';
import { invite } from './invite.ts';
import { mails } from './mails.ts';
import { overload } from './overload.ts';
import { queue } from './queue.ts';
import { reads } from './reads.ts';
import { revocation } from './revocation.ts';
import { search } from './search.ts';
import { signIn } from './sign-in.ts';
import { slowReaders } from './slow-readers.ts';
import { start } from './start.ts';
import { twoApis } from './two-apis.ts';

/** In the order in which they run. */
export const CASES: readonly BenchCase[] = [
  developers,
  search,
  reads,
  gateway,
  revocation,
  accept,
  invite,
  deletions,
  queue,
  mails,
  start,
  growth,
  twoApis,
  overload,
  slowReaders,
  finishedJobs,
  signIn,
  guessing,
];
