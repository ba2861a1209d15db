import { describe, expect, it } from 'vitest';
import { deleteDeveloper } from '../developer/delete-developer.ts';
import { finishDeletion } from '../deletion/finish-deletion.ts';
import { inviteDeveloper } from '../developer/invite-developer.ts';
import { admin, codeOf, coreTest, PASSWORD, worker } from '../testing/core-test.ts';
import { createPortal } from './create-portal.ts';
import { deletePortal } from './delete-portal.ts';
import { getPortal } from './get-portal.ts';
import { listPortals } from './list-portals.ts';
import { trimCounters } from './trim-counters.ts';
import { updatePortal } from './update-portal.ts';

const test = coreTest();

describe('portals', () => {
  it('start with default settings, and merge updates', async () => {
    const portal = await createPortal.execute(test.as(admin()), {
      name: 'Acme',
      slug: 'acme',
      settings: { retention_days: 7 },
    });
    expect(portal.settings).toMatchObject({ self_registration: true, password_min_length: 15, retention_days: 7 });
    const update = (patch: object) => updatePortal.execute(test.as(admin()), { portal_id: portal.id, ...patch });
    expect(
      (await update({ settings: { retention_days: null, approver_emails: ['a@example.org'] } })).settings,
    ).toMatchObject({ retention_days: 30, approver_emails: ['a@example.org'] });
    expect(await update({ name: 'Acme 2', public_url: 'https://acme.example' })).toMatchObject({
      name: 'Acme 2',
      public_url: 'https://acme.example',
    });
    await update({ name: 'Acme 2' });
    expect(await test.rows(`select changed from event where name = 'portal.updated' order by id`)).toEqual([
      { changed: ['settings.approver_emails', 'settings.retention_days'] },
      { changed: ['name', 'public_url'] },
    ]);
    expect(await codeOf(createPortal.execute(test.as(admin()), { name: 'Other', slug: 'acme' }))).toBe(
      'portal_slug_taken',
    );
    expect(await codeOf(update({ settings: { password_min_length: 7 } }))).toBe('invalid_input');
  });

  it('without a newer setting have its default, and can change it', async () => {
    const portal_id = await test.portal();
    await test.rows(`update portal set settings = settings - 'key_prefix' where id = ? returning 1`, [portal_id]);
    const get = async () => (await getPortal.execute(test.as(admin()), { portal_id })).settings.key_prefix;
    const set = (key_prefix: string | null) =>
      updatePortal.execute(test.as(admin()), { portal_id, settings: { key_prefix } });
    expect(await get()).toBeNull();
    await set('acme');
    expect(await get()).toBe('acme');
    for (const wrong of ['', 'Acme', '1a', 'a_b', 'a'.repeat(17), 'a\n'])
      expect(await codeOf(set(wrong))).toBe('invalid_input');
    await set(null);
    expect(await get()).toBeNull();
  });

  it('can be deleted only without developers and unfinished deletions', async () => {
    const portal_id = await test.portal();
    const { developer_id } = await inviteDeveloper.execute(test.as(admin()), {
      portal_id,
      username: 'ada',
      password: PASSWORD,
    });
    const remove = () => codeOf(deletePortal.execute(test.as(admin()), { portal_id }));
    expect(await remove()).toBe('portal_not_empty');
    const { id } = await deleteDeveloper.execute(test.as(admin()), { portal_id, developer_id });
    expect(await remove()).toBe('portal_not_empty');
    await finishDeletion.execute(test.as(worker), { deletion_id: id });
    expect(await remove()).toBe('none');
    expect(await codeOf(getPortal.execute(test.as(admin()), { portal_id }))).toBe('not_found');
    expect((await test.rows('select name from event where portal_id = ?', [portal_id])).length).toBeGreaterThan(3);
    const counters = () => test.rows('select n from developer_count where portal_id = ?', [portal_id]);
    expect((await counters()).length).toBeGreaterThan(0);
    await trimCounters(test.as(worker));
    expect(await counters()).toEqual([]);
  });

  it('are hidden from a token that is limited to another portal', async () => {
    const own = await test.portal();
    const foreign = await test.portal();
    const bound = test.as(admin(['*'], own));
    expect((await listPortals.execute(bound, {})).list.map(({ id }) => id)).toEqual([own]);
    expect(await codeOf(getPortal.execute(bound, { portal_id: foreign }))).toBe('not_found');
    expect(await codeOf(createPortal.execute(bound, { name: 'x', slug: 'x' }))).toBe('forbidden');
    expect(await codeOf(deletePortal.execute(bound, { portal_id: own }))).toBe('forbidden');
  });
});
