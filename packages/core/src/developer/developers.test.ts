import { describe, expect, it } from 'vitest';
import { admin, anonymous, codeOf, coreTest, PASSWORD, portalToken } from '../testing/core-test.ts';
import { getDeveloper } from './get-developer.ts';
import { inviteDeveloper } from './invite-developer.ts';
import { listDevelopers } from './list-developers.ts';
import { reactivateDeveloper } from './reactivate-developer.ts';
import { register } from '../auth/register.ts';
import { renewInvite } from './renew-invite.ts';
import { suspendDeveloper } from './suspend-developer.ts';
import { updateDeveloper } from './update-developer.ts';

const test = coreTest();
const invite = (
  portal_id: string,
  username: string,
  more: { email?: string; name?: string; labels?: Record<string, string> } = {},
) => inviteDeveloper.execute(test.as(admin()), { portal_id, username, password: PASSWORD, ...more });

describe('an invitation', () => {
  it('creates an active account with a one-time password, one event and one mail', async () => {
    const portal_id = await test.portal();
    const developer = await invite(portal_id, 'ada', { email: 'ada@example.org', labels: { team: 'a' } });
    expect(developer).toMatchObject({
      username: 'ada',
      name: 'ada',
      state: 'Active',
      provider: 'builtin',
      must_change_password: true,
      labels: { team: 'a' },
    });
    expect(developer.developer_id).toMatch(/^dev_[0-9A-Za-z]{20}$/);
    expect(
      await test.rows('select name, resource_id from event where portal_id = ? and name like ?', [
        portal_id,
        'developer.%',
      ]),
    ).toEqual([{ name: 'developer.invited', resource_id: developer.developer_id }]);
    const [mail] = await test.rows<{ kind: string; data: object }>('select kind, data from email where portal_id = ?', [
      portal_id,
    ]);
    expect(mail?.kind).toBe('invitation');
    expect(JSON.stringify(mail)).not.toContain(PASSWORD);
  });

  it('rejects taken usernames and addresses, and creates nothing', async () => {
    const portal_id = await test.portal();
    await invite(portal_id, 'Ada', { email: 'ada@example.org' });
    expect(await codeOf(invite(portal_id, 'ADA'))).toBe('username_taken');
    expect(await codeOf(invite(portal_id, 'other', { email: 'ADA@example.org' }))).toBe('email_taken');
    expect(await codeOf(invite(portal_id, 'someone@example.org'))).toBe('invalid_input');
    const weak = inviteDeveloper.execute(test.as(admin()), { portal_id, username: 'x', password: 'too short' });
    expect(await codeOf(weak)).toBe('invalid_input');
    expect((await listDevelopers.execute(test.as(admin()), { portal_id })).total).toBe(1);
    await invite(await test.portal(), 'ada', { email: 'ada@example.org' });
  });

  it('has a single winner among concurrent calls with the same username', async () => {
    const portal_id = await test.portal();
    const codes = await Promise.all(Array.from({ length: 8 }, () => codeOf(invite(portal_id, 'same'))));
    expect(codes.toSorted()).toEqual(['none', ...Array.from({ length: 7 }, () => 'username_taken')]);
  });

  it('can be renewed until the developer chooses a password', async () => {
    const portal_id = await test.portal();
    const { developer_id } = await invite(portal_id, 'ada');
    const before = await test.rows('select password_hash from developer where portal_id = ?', [portal_id]);
    await renewInvite.execute(test.as(admin()), { portal_id, developer_id, password: `${PASSWORD} 2` });
    expect(await test.rows('select password_hash from developer where portal_id = ?', [portal_id])).not.toEqual(before);
  });
});

describe('the list of developers', () => {
  it('combines filters and search, and counts the matches', async () => {
    const portal_id = await test.portal();
    await invite(portal_id, 'alpha', { labels: { tier: 'gold' } });
    await invite(portal_id, '100%_sure');
    await register.execute(test.as(anonymous), {
      portal_id,
      username: 'alphonse',
      email: 'al@example.org',
      password: PASSWORD,
    });
    const list = async (filter: object) => {
      const { list: found, total } = await listDevelopers.execute(test.as(admin()), { portal_id, ...filter });
      return { names: found.map(({ username }) => username).toSorted(), total };
    };
    expect(await list({ state: 'Pending' })).toEqual({ names: ['alphonse'], total: 1 });
    expect(await list({ state: 'Active', search: 'ALPH' })).toEqual({ names: ['alpha'], total: 1 });
    expect(await list({ search: '%' })).toEqual({ names: ['100%_sure'], total: 1 });
    expect(await list({ search: '0%_' })).toEqual({ names: ['100%_sure'], total: 1 });
    expect(await list({ search: 'al' })).toEqual({ names: ['alpha', 'alphonse'], total: 2 });
    expect(await list({ search: 'lp' })).toEqual({ names: [], total: 0 });
    expect(await list({ labels: { tier: 'gold' } })).toEqual({ names: ['alpha'], total: 1 });
    expect(await list({ page: 9 })).toEqual({ names: [], total: 3 });
  });

  it.each(['created_at', 'last_active_at', 'username'] as const)(
    'returns each row once by cursor over %s, in both directions',
    async (order_by) => {
      const portal_id = await test.portal();
      for (let n = 0; n < 7; n += 1) await invite(portal_id, `dev-${n}`);
      await test
        .orm()
        .em.fork()
        .execute(
          `update developer set last_active_at = date_trunc('day', now()) where portal_id = ? and username in ('dev-1', 'dev-4', 'dev-5')`,
          [portal_id],
        );
      for (const direction of ['asc', 'desc'] as const) {
        const whole = await listDevelopers.execute(test.as(admin()), { portal_id, order_by, direction });
        const walked: string[] = [];
        for (let cursor: string | null = ''; cursor !== null;) {
          const page: Awaited<ReturnType<typeof listDevelopers.execute>> = await listDevelopers.execute(
            test.as(admin()),
            { portal_id, order_by, direction, page_size: 2, cursor },
          );
          walked.push(...page.list.map(({ username }) => username));
          expect(page.total).toBe(7);
          cursor = page.next_cursor ?? null;
        }
        expect(walked).toEqual(whole.list.map(({ username }) => username));
        const known = whole.list.map(({ last_active_at }) => last_active_at !== null);
        const nullsLast = known.toSorted((a, b) => Number(b) - Number(a));
        expect(order_by === 'last_active_at' ? known : nullsLast).toEqual(nullsLast);
      }
    },
  );

  it('rejects a cursor that is altered, from another filter, or combined with a page number', async () => {
    const portal_id = await test.portal();
    for (const name of ['a', 'b', 'c']) await invite(portal_id, name);
    const { next_cursor } = await listDevelopers.execute(test.as(admin()), { portal_id, page_size: 1, cursor: '' });
    const cursor = next_cursor ?? '';
    const list = (input: object) =>
      codeOf(listDevelopers.execute(test.as(admin()), { portal_id, page_size: 1, ...input }));
    expect(await list({ cursor })).toBe('none');
    expect(await list({ cursor: `x${cursor}` })).toBe('invalid_input');
    expect(await list({ cursor, state: 'Active' })).toBe('invalid_input');
    expect(await list({ cursor, page: 1 })).toBe('invalid_input');
    expect(await list({ cursor: 'garbage' })).toBe('invalid_input');
  });

  it('rejects unknown fields by name', async () => {
    const portal_id = await test.portal();
    const misspelt = { portal_id, sate: 'Pending' };
    await expect(listDevelopers.execute(test.as(admin()), misspelt)).rejects.toMatchObject({
      issues: [{ path: '/sate', message: 'Unknown field' }],
    });
  });
});

describe('an update', () => {
  it('merges labels, and writes no event if nothing changes', async () => {
    const portal_id = await test.portal();
    const { developer_id } = await invite(portal_id, 'ada', { email: 'ada@example.org', labels: { a: '1', b: '2' } });
    const update = (patch: object) => updateDeveloper.execute(test.as(admin()), { portal_id, developer_id, ...patch });
    expect(await update({ labels: { a: null, c: '3' }, name: 'Ada L.' })).toMatchObject({
      name: 'Ada L.',
      labels: { b: '2', c: '3' },
      email: 'ada@example.org',
    });
    expect(await update({ email: null })).toMatchObject({ email: null });
    await update({ name: 'Ada L.' });
    expect(
      await test.rows(`select changed from event where resource_id = ? and name = 'developer.updated' order by id`, [
        developer_id,
      ]),
    ).toEqual([{ changed: ['name', 'labels'] }, { changed: ['email'] }]);
  });

  it('can suspend and reactivate repeatedly, but not a pending developer', async () => {
    const portal_id = await test.portal();
    const ref = { portal_id, developer_id: (await invite(portal_id, 'ada')).developer_id };
    expect((await suspendDeveloper.execute(test.as(admin()), ref)).state).toBe('Suspended');
    expect((await suspendDeveloper.execute(test.as(admin()), ref)).state).toBe('Suspended');
    expect((await reactivateDeveloper.execute(test.as(admin()), ref)).state).toBe('Active');
    await register.execute(test.as(anonymous), {
      portal_id,
      username: 'p',
      email: 'p@example.org',
      password: PASSWORD,
    });
    const pending = (await listDevelopers.execute(test.as(admin()), { portal_id, state: 'Pending' })).list[0];
    expect(
      await codeOf(
        suspendDeveloper.execute(test.as(admin()), { portal_id, developer_id: pending?.developer_id ?? '' }),
      ),
    ).toBe('illegal_state');
  });
});

describe('another portal', () => {
  it('is hidden from a token that is limited to one portal', async () => {
    const [own, foreign] = [await test.portal(), await test.portal()];
    const { developer_id } = await invite(foreign, 'ada');
    for (const actor of [portalToken(own), admin(['*'], own)]) {
      const messages = await Promise.all(
        [foreign, '0190f3a0-0000-7000-8000-000000000000', 'nonsense'].map((portal_id) =>
          getDeveloper.execute(test.as(actor), { portal_id, developer_id }).catch((error: Error) => error.message),
        ),
      );
      expect(new Set(messages)).toEqual(new Set(['No such developer.']));
      expect(await codeOf(listDevelopers.execute(test.as(actor), { portal_id: foreign }))).toBe('not_found');
      expect(
        await codeOf(
          inviteDeveloper.execute(test.as(actor), { portal_id: foreign, username: 'x', password: PASSWORD }),
        ),
      ).toBe('not_found');
    }
  });

  it('requires a token with the scope', async () => {
    const portal_id = await test.portal();
    expect(await codeOf(listDevelopers.execute(test.as(anonymous), { portal_id }))).toBe('unauthenticated');
    expect(await codeOf(listDevelopers.execute(test.as(admin(['emails:read'])), { portal_id }))).toBe('forbidden');
    expect(await codeOf(listDevelopers.execute(test.as(admin(['developers:write'])), { portal_id }))).toBe('none');
  });
});
