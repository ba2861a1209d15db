import { Developer } from '@gatehouse/db/entities/developer.entity';
import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { changed, command, unchanged } from '../command.ts';
import { manageInstallation } from '../portal/portal.policy.ts';
import { requestDeletion } from './request-deletion.ts';

/** Days that a registration may wait with an address that nobody has verified. */
const TERM = 14;
/** Developers of one transaction. */
const BATCH = 100;

const DAY = 86_400_000;

export const expireRegistrations = command({
  name: 'developers.expireRegistrations',
  access: 'system',
  summary: 'Delete who has registered, was not decided on, and has not verified the address in time',
  input: z.strictObject({}),
  output: z.object({ count: z.int() }),
  async run(scope) {
    const { em, actor, now } = scope;
    scope.authorize(manageInstallation(actor));
    const due = await em.find(
      Developer,
      {
        leftAt: null,
        state: 'Pending',
        emailVerified: false,
        emailSetByAdmin: false,
        // Only who has registered has chosen a password: others wait for a portal that vouches for them.
        passwordHash: { $ne: null },
        createdAt: { $lte: new Date(now.getTime() - TERM * DAY) },
      },
      // Who is being decided on, or taken by another worker, is left for the next time.
      { orderBy: { createdAt: 'asc' }, limit: BATCH, lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE },
    );
    for (const developer of due) requestDeletion(scope, developer, 'deleted');
    return due.length > 0 ? changed({ count: due.length }) : unchanged({ count: 0 });
  },
});
