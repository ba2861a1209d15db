import { describe, expect, it } from 'vitest';
import { acceptApproval } from '../approval/accept-approval.ts';
import { listApprovals } from '../approval/list-approvals.ts';
import { deletePortalDeveloper } from './delete-portal-developer.ts';
import { getDeletion } from '../deletion/get-deletion.ts';
import { admin, codeOf, coreTest, PASSWORD, portalToken } from '../testing/core-test.ts';
import { registered, signedIn } from '../testing/in-person.ts';
import { speakFor } from '../token/authenticate.ts';
import { createPortalDeveloper } from './create-portal-developer.ts';
import { inviteDeveloper } from '../developer/invite-developer.ts';
import { listDevelopers } from '../developer/list-developers.ts';
import { listPortalDevelopers } from './list-portal-developers.ts';

const test = coreTest();
const create = (portal_id: string, developer_id: string) =>
  createPortalDeveloper.execute(test.as(portalToken(portal_id)), { developer_id });
const speaking = (portal_id: string, developer_id: string) =>
  speakFor({ em: test.as(admin()).em, actor: portalToken(portal_id) }, developer_id);
const idsOf = ({ list }: { list: { id: string }[] }) => list.map(({ id }) => id);

describe('a developer created by the front end', () => {
  it('has the id as username, no password and no email, and awaits approval', async () => {
    const portal_id = await test.portal({ self_registration: false, approver_emails: ['boss@example.org'] });
    expect(await create(portal_id, 'user-1')).toMatchObject({
      id: 'user-1',
      developer_id: 'user-1',
      username: 'user-1',
      name: 'user-1',
      email: null,
      provider: 'builtin',
      state: 'Pending',
      status: 'Pending',
      must_change_password: false,
    });
    expect(await test.rows('select password_hash from developer where portal_id = ?', [portal_id])).toEqual([
      { password_hash: null },
    ]);
    expect(await test.rows('select name, resource_id from event where portal_id = ? order by id', [portal_id])).toEqual(
      expect.arrayContaining([{ name: 'developer.created', resource_id: 'user-1' }]),
    );
    expect(await test.rows('select kind, "to" from email where portal_id = ?', [portal_id])).toEqual([
      { kind: 'registration_pending', to: 'boss@example.org' },
    ]);
    const [approval] = (await listApprovals.execute(test.as(admin()), { portal_id })).list;
    expect(approval).toMatchObject({ event: 'developer_registration', status: 'pending', applicant_id: 'user-1' });
    await acceptApproval.execute(test.as(admin()), { approval_id: approval?.id ?? '' });
    const list = await listPortalDevelopers.execute(test.as(portalToken(portal_id)), {});
    expect(list).toMatchObject({ total: 1, list: [{ id: 'user-1', state: 'Active', status: 'Active' }] });
  });

  it('is active immediately if the portal approves automatically, and keeps a long id', async () => {
    const portal_id = await test.portal({ registration_auto_approval: true, approver_emails: ['boss@example.org'] });
    const id = 'x'.repeat(256);
    expect(await create(portal_id, id)).toMatchObject({ id, username: id, name: id, status: 'Active' });
    expect((await listApprovals.execute(test.as(admin()), { portal_id })).total).toBe(0);
    expect(await test.rows('select 1 from email where portal_id = ?', [portal_id])).toEqual([]);
  });

  it('cannot have a taken or invalid id or a taken username, even among concurrent calls', async () => {
    const portal_id = await test.portal();
    await create(portal_id, 'ada');
    expect(await codeOf(create(portal_id, 'ada'))).toBe('developer_id_taken');
    expect(await codeOf(create(portal_id, 'ADA'))).toBe('username_taken');
    for (const id of ['', 'a b', 'a/b', 'ä', 'x'.repeat(257)])
      expect(await codeOf(create(portal_id, id))).toBe('invalid_input');
    const codes = await Promise.all(Array.from({ length: 8 }, () => codeOf(create(portal_id, 'same'))));
    expect(codes.toSorted()).toEqual([...Array.from({ length: 7 }, () => 'developer_id_taken'), 'none']);
    expect((await listPortalDevelopers.execute(test.as(portalToken(portal_id)), {})).total).toBe(2);
    await create(await test.portal(), 'ada');
  });

  it('requires a portal token or an admin token that acts for no developer', async () => {
    const [portal_id, foreign] = [await test.portal({ registration_auto_approval: true }), await test.portal()];
    await create(portal_id, 'ada');
    const ada = test.as(await speaking(portal_id, 'ada'));
    expect(await codeOf(createPortalDeveloper.execute(ada, { developer_id: 'bob' }))).toBe('forbidden');
    const by = (actor: ReturnType<typeof admin | typeof portalToken>, input: { portal_id?: string } = {}) =>
      codeOf(createPortalDeveloper.execute(test.as(actor), { developer_id: 'bob', ...input }));
    expect(await by(portalToken(portal_id, ['developers:read']))).toBe('forbidden');
    expect(await by(portalToken(portal_id), { portal_id: foreign })).toBe('not_found');
    expect(await by(admin(['*'], foreign), { portal_id })).toBe('not_found');
    expect(await by(admin())).toBe('invalid_input');
    expect(await by(admin(), { portal_id })).toBe('none');
  });
});

describe('the developers that a front end lists', () => {
  it('are ordered by their last activity, with inactive ones last', async () => {
    const portal_id = await test.portal();
    for (const id of ['a', 'b', 'c']) await create(portal_id, id);
    await test.rows(
      `update developer set last_active_at = now() where portal_id = ? and developer_id = 'b' returning 1`,
      [portal_id],
    );
    const list = async (filter: object) =>
      idsOf(await listPortalDevelopers.execute(test.as(portalToken(portal_id)), filter));
    expect(await list({})).toEqual(['b', 'c', 'a']);
    expect(await list({ order_by: 'created_at', direction: 'asc' })).toEqual(['a', 'b', 'c']);
    expect(await list({ search: 'c' })).toEqual(['c']);
    expect(await list({ page: 2, page_size: 2 })).toEqual(['a']);
    const { list: seen } = await listPortalDevelopers.execute(test.as(portalToken(portal_id)), {});
    expect(seen.map((developer) => 'last_active_at' in developer)).toEqual([true, false, false]);
  });

  it('include only the caller if a developer calls in person', async () => {
    const ada = await signedIn(test);
    await registered(test, ada.portal_id, 'bob');
    const seen = await listPortalDevelopers.execute(await ada.as(), {});
    expect(seen).toMatchObject({ total: 1, list: [{ username: 'ada', status: 'Active' }] });
    expect(await listPortalDevelopers.execute(await ada.as(), { search: 'bob' })).toMatchObject({ total: 0 });
    const elsewhere = { portal_id: await test.portal() };
    expect(await codeOf(listPortalDevelopers.execute(await ada.as(), elsewhere))).toBe('not_found');
    expect(await codeOf(listDevelopers.execute(await ada.as(), { portal_id: ada.portal_id }))).toBe('forbidden');
    const { developer_id } = ada.developer;
    const own = { portal_id: ada.portal_id, developer_id };
    expect(await codeOf(createPortalDeveloper.execute(await ada.as(), { developer_id: 'eve' }))).toBe('forbidden');
    expect(await codeOf(deletePortalDeveloper.execute(await ada.as(), own))).toBe('forbidden');
  });

  it('are those of the portal, or only the developer for whom the token acts', async () => {
    const [own, foreign] = [await test.portal(), await test.portal()];
    for (const portal_id of [own, foreign]) for (const id of ['ada', 'bob']) await create(portal_id, id);
    const ada = test.as(await speaking(own, 'ada'));
    expect(await listPortalDevelopers.execute(ada, {})).toMatchObject({ total: 1, list: [{ id: 'ada' }] });
    expect(await listPortalDevelopers.execute(ada, { search: 'bob' })).toMatchObject({ total: 0 });
    for (const context of [test.as(portalToken(own)), test.as(admin(['*'], own))])
      expect(await listPortalDevelopers.execute(context, {})).toMatchObject({ total: 2 });
    expect(await listPortalDevelopers.execute(test.as(admin()), { portal_id: own })).toMatchObject({ total: 2 });
    expect(await codeOf(listPortalDevelopers.execute(test.as(portalToken(own)), { portal_id: foreign }))).toBe(
      'not_found',
    );
  });

  it('can be deleted by their portal only', async () => {
    const [own, foreign] = [await test.portal(), await test.portal()];
    await create(own, 'ada');
    const ref = { developer_id: 'ada' };
    const ada = test.as(await speaking(own, 'ada'));
    expect(await codeOf(deletePortalDeveloper.execute(ada, ref))).toBe('forbidden');
    expect(await codeOf(deletePortalDeveloper.execute(test.as(portalToken(foreign)), ref))).toBe('not_found');
    const portal = test.as(portalToken(own));
    const deletion = await deletePortalDeveloper.execute(portal, ref);
    expect(await getDeletion.execute(portal, { deletion_id: deletion.id })).toMatchObject({
      developer_id: 'ada',
      cause: 'deleted',
    });
    expect(await codeOf(deletePortalDeveloper.execute(portal, ref))).toBe('not_found');
    expect(await listPortalDevelopers.execute(portal, {})).toMatchObject({ total: 0 });
    expect((await listApprovals.execute(test.as(admin()), { portal_id: own, status: 'pending' })).total).toBe(0);
    expect(await create(own, 'ada')).toMatchObject({ id: 'ada' });
  });

  it('cannot share a username that differs only in case', async () => {
    const portal_id = await test.portal();
    await inviteDeveloper.execute(test.as(admin()), { portal_id, username: 'Grace', password: PASSWORD });
    expect(await codeOf(create(portal_id, 'grace'))).toBe('username_taken');
  });
});
