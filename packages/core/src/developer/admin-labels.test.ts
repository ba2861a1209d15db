import { expect, it } from 'vitest';
import { getMe } from '../me/get-me.ts';
import { updateMe } from '../me/update-me.ts';
import { admin, codeOf, coreTest, PASSWORD } from '../testing/core-test.ts';
import { signedIn } from '../testing/in-person.ts';
import { inviteDeveloper } from './invite-developer.ts';
import { listDevelopers } from './list-developers.ts';
import { updateDeveloper } from './update-developer.ts';

const test = coreTest();

it('admins set admin labels, which developers can read but not change', async () => {
  const { portal_id, developer, as } = await signedIn(test);
  const ref = { portal_id, developer_id: developer.developer_id };
  expect(developer.admin_labels).toEqual({});
  const set = { labels: { team: 'a' }, admin_labels: { tier: 'gold', region: 'eu' } };
  expect(await updateDeveloper.execute(test.as(admin()), { ...ref, ...set })).toMatchObject(set);
  expect(await updateMe.execute(await as(), { labels: { team: 'b' } })).toMatchObject({
    labels: { team: 'b' },
    admin_labels: set.admin_labels,
  });
  const own: object = { admin_labels: { tier: 'platinum' } };
  expect(await codeOf(updateMe.execute(await as(), own))).toBe('invalid_input');
  expect(await codeOf(updateDeveloper.execute(await as(), { ...ref, ...own }))).toBe('forbidden');
  await updateDeveloper.execute(test.as(admin()), { ...ref, admin_labels: { region: null } });
  expect(await getMe.execute(await as(), {})).toMatchObject({ labels: { team: 'b' }, admin_labels: { tier: 'gold' } });
  const events = await test.rows<{ changed: string[] }>(
    `select changed from event where portal_id = ? and name = 'developer.updated' order by id`,
    [portal_id],
  );
  expect(events.map(({ changed }) => changed)).toEqual([['labels', 'admin_labels'], ['labels'], ['admin_labels']]);
  const many = Object.fromEntries(Array.from({ length: 64 }, (_, n) => [`k${String(n)}`, 'v']));
  await expect(updateDeveloper.execute(test.as(admin()), { ...ref, admin_labels: many })).rejects.toMatchObject({
    issues: [{ path: '/admin_labels' }],
  });
});

it('an index serves the filter by admin labels', async () => {
  const portal_id = await test.portal();
  const invite = (username: string, admin_labels: Record<string, string>) =>
    inviteDeveloper.execute(test.as(admin()), { portal_id, username, password: PASSWORD, admin_labels });
  await invite('ada', { tier: 'gold', region: 'eu' });
  await invite('bob', { tier: 'gold' });
  await inviteDeveloper.execute(test.as(admin()), {
    portal_id,
    username: 'cyd',
    password: PASSWORD,
    labels: { tier: 'gold' },
  });
  const names = async (admin_labels: Record<string, string>) =>
    (await listDevelopers.execute(test.as(admin()), { portal_id, admin_labels })).list
      .map(({ username }) => username)
      .toSorted();
  expect(await names({ tier: 'gold' })).toEqual(['ada', 'bob']);
  expect(await names({ tier: 'gold', region: 'eu' })).toEqual(['ada']);
  expect(await names({ tier: 'silver' })).toEqual([]);
  expect(await names({})).toHaveLength(3);
  await test.rows(
    `insert into developer (id, portal_id, developer_id, username, username_key, name, state, provider, created_at, updated_at)
     select gen_random_uuid(), ?, 'd' || n, 'd' || n, 'd' || n, 'd' || n, 'Active', 'builtin', now(), now()
     from generate_series(1, 3000) n returning 1`,
    [portal_id],
  );
  await test.rows('analyze developer');
  const plan = await test.rows(
    `explain select id from developer d where d.portal_id = ? and d.left_at is null
      and d.admin_labels <> '{}'::jsonb and d.admin_labels @> ?::jsonb`,
    [portal_id, '{"tier":"gold"}'],
  );
  expect(JSON.stringify(plan)).toContain('developer_admin_labels');
});
