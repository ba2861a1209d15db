import { expect, it } from 'vitest';
import type { Context } from '../kernel/context.ts';
import { codeOf, coreTest } from '../testing/core-test.ts';
import { signedIn, signIn } from '../testing/in-person.ts';

const test = coreTest();
const sessionOf = ({ actor }: Context): string => (actor.kind === 'developer' ? actor.sessionId : '');

it('a sign-in ends the oldest sessions of the developer beyond 50, and no sessions of others', async () => {
  const [ada, bob] = [await signedIn(test), await signedIn(test)];
  await test.rows(
    `insert into session (id, developer_uid, token_hash, created_at, last_used_at, expires_at)
     select gen_random_uuid(), developer_uid, gen_random_uuid()::text, created_at - n * interval '1 hour', last_used_at, expires_at
     from session, generate_series(1, 60) n where id = ? returning 1`,
    [sessionOf(await ada.as())],
  );
  await test.rows(`update session set created_at = created_at - interval '10 days' where id = ? returning 1`, [
    sessionOf(await ada.as()),
  ]);
  await Promise.all([1, 2, 3].map(() => signIn(test, ada.portal_id, { username: 'ada' })));
  const [held] = await test.rows(
    `select count(*)::int as sessions, count(*) filter (where s.created_at > now() - interval '30 minutes')::int as fresh
     from session s join developer d on d.id = s.developer_uid where d.portal_id = ?`,
    [ada.portal_id],
  );
  expect(held).toEqual({ sessions: 50, fresh: 3 });
  expect(await codeOf(ada.as())).toBe('unauthenticated');
  expect(await codeOf(bob.as())).toBe('none');
});
