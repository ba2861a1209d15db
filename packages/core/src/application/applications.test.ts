import { describe, expect, it } from 'vitest';
import { listApprovals } from '../approval/list-approvals.ts';
import { inviteDeveloper } from '../developer/invite-developer.ts';
import { suspendDeveloper } from '../developer/suspend-developer.ts';
import { admin, codeOf, coreTest, PASSWORD, portalToken } from '../testing/core-test.ts';
import { fillDeveloper } from '../testing/owned.ts';
import { speakFor } from '../token/authenticate.ts';
import { createApplication } from './create-application.ts';
import { deleteApplication } from './delete-application.ts';
import { getApplication } from './get-application.ts';
import { listApplications } from './list-applications.ts';
import { updateApplication } from './update-application.ts';

const test = coreTest();

/** A developer. `as` is the context of a portal token that acts for the developer. */
async function developerOf(portal_id: string, username = 'ada') {
  const { developer_id } = await inviteDeveloper.execute(test.as(admin()), { portal_id, username, password: PASSWORD });
  const { em } = test.as(admin());
  const actor = await speakFor({ em, actor: portalToken(portal_id) }, developer_id);
  return { ref: { portal_id, developer_id }, developer_id, as: () => test.as(actor) };
}
const namesOf = ({ list }: { list: { name: string }[] }) => list.map(({ name }) => name);

describe('applications', () => {
  it('can be created for a developer, replaced, listed and searched', async () => {
    const portal_id = await test.portal();
    const ada = await developerOf(portal_id);
    const shop = await createApplication.execute(ada.as(), { name: 'Shop', labels: { tier: 'gold', team: 'a' } });
    expect(shop).toMatchObject({ developer_id: ada.developer_id, name: 'Shop', desc: '' });
    await createApplication.execute(ada.as(), { name: 'Blog', desc: 'Words\nand more' });
    const ref = { application_id: shop.id };
    const later = { ...ada.as(), now: new Date(Date.now() + 1000) };
    const labels = { team: 'b' };
    expect(await updateApplication.execute(later, { ...ref, labels, desc: 'Sells' })).toMatchObject({
      name: 'Shop',
      desc: 'Sells',
      labels,
    });
    expect(await updateApplication.execute(later, { ...ref, name: 'Shop' })).toMatchObject({ desc: '', labels: {} });
    expect(await updateApplication.execute(later, { ...ref, labels })).toMatchObject({
      name: 'Shop',
      desc: '',
      labels,
    });
    expect(await updateApplication.execute(ada.as(), { ...ref, name: 'Shop', labels })).toEqual(
      await getApplication.execute(ada.as(), ref),
    );
    expect(
      await test.rows(`select name, changed, on_behalf_of from event where resource_id = ? order by id`, [shop.id]),
    ).toEqual([
      { name: 'application.created', changed: [], on_behalf_of: ada.developer_id },
      { name: 'application.updated', changed: ['desc', 'labels'], on_behalf_of: ada.developer_id },
      { name: 'application.updated', changed: ['desc', 'labels'], on_behalf_of: ada.developer_id },
      { name: 'application.updated', changed: ['labels'], on_behalf_of: ada.developer_id },
    ]);
    const list = async (filter: object) => namesOf(await listApplications.execute(ada.as(), filter));
    expect(await list({})).toEqual(['Shop', 'Blog']);
    expect(await list({ order_by: 'created_at', direction: 'asc' })).toEqual(['Shop', 'Blog']);
    expect(await list({ search: 'words' })).toEqual(['Blog']);
    expect(await list({ labels: { team: 'b' } })).toEqual(['Shop']);
  });

  it('are visible only to their developer, their portal and admins', async () => {
    const [own, foreign] = [await test.portal(), await test.portal()];
    const [ada, bob, eve] = [await developerOf(own), await developerOf(own, 'bob'), await developerOf(foreign)];
    const { id: application_id } = await createApplication.execute(ada.as(), { name: 'Shop' });
    for (const context of [ada.as(), test.as(portalToken(own)), test.as(admin(['*'], own))]) {
      expect(await getApplication.execute(context, { application_id })).toMatchObject({ name: 'Shop' });
      expect(await listApplications.execute(context, {})).toMatchObject({ total: 1 });
    }
    expect(await listApplications.execute(test.as(admin()), { portal_id: own })).toMatchObject({ total: 1 });
    expect(await codeOf(listApplications.execute(test.as(admin()), {}))).toBe('invalid_input');
    for (const context of [bob.as(), eve.as(), test.as(portalToken(foreign)), test.as(admin(['*'], foreign))]) {
      expect(await listApplications.execute(context, {})).toMatchObject({ total: 0 });
      for (const call of [getApplication, updateApplication, deleteApplication])
        expect(await codeOf(call.execute(context, { application_id }))).toBe('not_found');
    }
    expect(await codeOf(listApplications.execute(ada.as(), { portal_id: foreign }))).toBe('not_found');
  });

  it('cannot be created without a developer, or changed by a suspended developer', async () => {
    const portal_id = await test.portal();
    const ada = await developerOf(portal_id);
    const { id: application_id } = await createApplication.execute(ada.as(), { name: 'Shop' });
    const portal = test.as(portalToken(portal_id));
    expect(await codeOf(createApplication.execute(portal, { name: 'x' }))).toBe('malformed_request');
    // The context still holds the developer's state before the suspension.
    await suspendDeveloper.execute(test.as(admin()), ada.ref);
    expect(await codeOf(createApplication.execute(ada.as(), { name: 'x' }))).toBe('developer_not_active');
    expect(await codeOf(updateApplication.execute(ada.as(), { application_id, name: 'x' }))).toBe(
      'developer_not_active',
    );
    expect(await getApplication.execute(ada.as(), { application_id })).toMatchObject({ name: 'Shop' });
    expect(await updateApplication.execute(portal, { application_id, name: 'x' })).toMatchObject({ name: 'x' });
  });

  it('disappear with their developer, even if a change races with the deletion', async () => {
    const portal_id = await test.portal();
    const ada = await developerOf(portal_id);
    const { id: application_id } = await createApplication.execute(ada.as(), { name: 'Shop' });
    const races = await test
      .orm()
      .em.fork()
      .transactional(async (em) => {
        await em.execute('update developer set left_at = now() where developer_id = ?', [ada.developer_id]);
        const late = [
          codeOf(createApplication.execute(ada.as(), { name: 'Late' })),
          codeOf(updateApplication.execute(ada.as(), { application_id, name: 'Late' })),
          codeOf(deleteApplication.execute(ada.as(), { application_id })),
        ];
        // Leaves all calls time to reach the lock, where they must wait for the deletion.
        await Promise.race([...late, new Promise((resolve) => setTimeout(resolve, 300))]);
        return { late };
      });
    expect(await Promise.all(races.late)).toEqual(['not_found', 'not_found', 'not_found']);
    const portal = test.as(portalToken(portal_id));
    expect(await listApplications.execute(portal, {})).toMatchObject({ list: [], total: 0 });
    expect(await codeOf(getApplication.execute(portal, { application_id }))).toBe('not_found');
    expect(await codeOf(createApplication.execute(ada.as(), { name: 'x' }))).toBe('not_found');
  });

  it('end their credentials and subscriptions and cancel the pending approvals when they are deleted', async () => {
    const portal_id = await test.portal();
    const ada = await developerOf(portal_id);
    const [owner] = await test.rows<{ id: string }>('select id from developer where developer_id = ?', [
      ada.developer_id,
    ]);
    await fillDeveloper(test, { ...ada.ref, uid: owner?.id ?? '', applications: 2, perApplication: 3 });
    const [application] = (await listApplications.execute(ada.as(), {})).list;
    const ref = { application_id: application?.id ?? '' };
    await deleteApplication.execute(ada.as(), ref);
    expect(await codeOf(deleteApplication.execute(ada.as(), ref))).toBe('not_found');
    const approvals = async (filter: object) =>
      (await listApprovals.execute(test.as(admin()), { portal_id, ...filter })).total;
    expect([await approvals({ result: 'cancelled' }), await approvals({ status: 'pending' })]).toEqual([3, 3]);
    for (const table of ['credential', 'subscription'])
      expect(await test.rows(`select 1 from ${table} where application_id = ?`, [ref.application_id])).toEqual([]);
  });
});
