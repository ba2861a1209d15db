import { describe, expect, it } from 'vitest';
import { createApplication } from '../application/create-application.ts';
import { listApplications } from '../application/list-applications.ts';
import { acceptApproval } from '../approval/accept-approval.ts';
import { listApprovals } from '../approval/list-approvals.ts';
import { createCredential } from '../credential/create-credential.ts';
import { listCredentials } from '../credential/list-credentials.ts';
import { inviteDeveloper } from '../developer/invite-developer.ts';
import { listDevelopers } from '../developer/list-developers.ts';
import { register } from '../auth/register.ts';
import { updateDeveloper } from '../developer/update-developer.ts';
import { findByPassword } from '../auth/find-by-password.ts';
import type { Fragment } from './fragment.ts';
import { matches } from './search.ts';
import { findPortal } from '../portal/find-portal.ts';
import { actingDeveloper } from '../testing/acting.ts';
import { admin, anonymous, codeOf, coreTest, PASSWORD } from '../testing/core-test.ts';

const test = coreTest();

const COMPOSED = 'Zo\u00EB Ren\u00E9e';
const DECOMPOSED = COMPOSED.normalize('NFD');

const invite = (portal_id: string, username: string, more: object = {}) =>
  inviteDeveloper.execute(test.as(admin()), { portal_id, username, password: PASSWORD, ...more });

describe('composed and decomposed Unicode text', () => {
  it('is the same in names, labels, filters and searches of developers', async () => {
    const portal_id = await test.portal();
    const list = async (filter: object) =>
      (await listDevelopers.execute(test.as(admin()), { portal_id, ...filter })).list.map(({ name }) => name);
    await invite(portal_id, 'zoe', { name: DECOMPOSED, labels: { [`t${DECOMPOSED}`]: DECOMPOSED } });
    for (const text of [COMPOSED, DECOMPOSED]) {
      expect(await list({ search: text })).toEqual([COMPOSED]);
      expect(await list({ search: text.slice(0, 4) })).toEqual([COMPOSED]);
      expect(await list({ labels: { [`t${text}`]: text } })).toEqual([COMPOSED]);
    }
  });

  it('is the same in names of applications, credentials and approvals', async () => {
    const portal_id = await test.portal({ registration_auto_approval: false });
    const ada = await actingDeveloper(test, portal_id);
    const { id: application_id } = await createApplication.execute(ada.as(), { name: DECOMPOSED, desc: DECOMPOSED });
    await createCredential.execute(ada.as(), { application_id, type: 'key-auth', name: DECOMPOSED });
    const registration = { portal_id, username: DECOMPOSED, email: 'zoe@example.org', password: PASSWORD };
    await register.execute(test.as(anonymous), registration);
    for (const text of [COMPOSED, DECOMPOSED]) {
      expect((await listApplications.execute(ada.as(), { search: text })).total).toBe(1);
      expect((await listCredentials.execute(ada.as(), { search: text })).total).toBe(1);
      const { list } = await listApprovals.execute(test.as(admin()), { portal_id, applicant_name: text });
      expect(list.map(({ applicant_name }) => applicant_name)).toEqual([COMPOSED]);
    }
    const [approval] = (await listApprovals.execute(test.as(admin()), { portal_id })).list;
    await acceptApproval.execute(test.as(admin()), { approval_id: approval?.id ?? '', reason: DECOMPOSED });
    const accepted = await listApprovals.execute(test.as(admin()), { portal_id, search: DECOMPOSED });
    expect(accepted.list[0]?.reason).toBe(COMPOSED);
  });

  it('is the same label key, which cannot appear twice', async () => {
    const portal_id = await test.portal();
    const ada = await actingDeveloper(test, portal_id);
    const labels = { [COMPOSED]: 'a', [DECOMPOSED]: 'b' };
    const create = createApplication.execute(ada.as(), { name: 'Shop', labels });
    await expect(create).rejects.toMatchObject({ code: 'invalid_input', issues: [{ path: `/labels/${DECOMPOSED}` }] });
    const { developer_id } = await invite(portal_id, 'zoe', { labels: { [COMPOSED]: 'a' } });
    const update = (patch: Record<string, string | null>) =>
      updateDeveloper.execute(test.as(admin()), { portal_id, developer_id, labels: patch });
    expect(await codeOf(update({ [COMPOSED]: 'a', [DECOMPOSED]: null }))).toBe('invalid_input');
    expect((await update({ [DECOMPOSED]: null })).labels).toEqual({});
  });

  it('is the same password', async () => {
    const portal_id = await test.portal();
    const password = `${COMPOSED} likes quiet kettles`;
    await invite(portal_id, 'zoe', { password });
    const em = test.as(admin()).em.fork();
    const portal = await findPortal(em, portal_id);
    const opens = async (typed: string) =>
      (await findByPassword(em, portal, { username: 'zoe', password: typed }))?.username;
    expect([await opens(password), await opens(password.normalize('NFD'))]).toEqual(['zoe', 'zoe']);
    expect(await opens(password.toUpperCase())).toBeUndefined();
  });
});

describe('short words of scripts without spaces', () => {
  const names = ['王小明', '田中 花子', '김 민준', '이서준', 'สมชาย ใจดี', '歐陽 明', 'Alphonse'];

  it('are found anywhere in a text, at any length', async () => {
    const portal_id = await test.portal();
    const found = async (search: string) =>
      (await listDevelopers.execute(test.as(admin()), { portal_id, search, order_by: 'username' })).list.map(
        ({ name }) => name,
      );
    for (const [index, name] of names.entries()) await invite(portal_id, `user${String(index)}`, { name });
    expect(await found('小明')).toEqual(['王小明']);
    expect((await found('明')).toSorted()).toEqual(['歐陽 明', '王小明']);
    expect(await found('花子')).toEqual(['田中 花子']);
    expect(await found('서준')).toEqual(['이서준']);
    expect(await found('서준'.normalize('NFD'))).toEqual(['이서준']);
    expect(await found('ดี')).toEqual(['สมชาย ใจดี']);
    expect(await found('明小')).toEqual([]);
    expect([await found('lp'), await found('al')]).toEqual([[], ['Alphonse']]);
  });

  it('use the index of characters, because one or two characters are in no trigram', async () => {
    for (const term of ['小明', '明']) {
      const conditions = matches('search_text', term);
      expect(await planOf(conditions)).toContain('application_rare_characters');
      for (const condition of conditions) expect(await planOf([condition])).not.toContain('application_search');
    }
    expect(await planOf(matches('search_text', '王小明'))).toContain('application_search');
  });
});

const planOf = (conditions: Fragment[]): Promise<string> =>
  test
    .as(admin())
    .em.fork()
    .transactional(async (em) => {
      await em.execute('set local enable_seqscan = off');
      const where = conditions.map(({ sql }) => sql).join(' and ');
      const params = conditions.flatMap((condition) => condition.params);
      return JSON.stringify(await em.execute(`explain select id from application where ${where}`, params));
    });

describe('names', () => {
  it('with invisible characters are rejected, because they look like other names', async () => {
    const portal_id = await test.portal();
    await invite(portal_id, 'ada');
    for (const username of [
      'ada\u00AD',
      'ada\uFFF9x',
      '\u{13000}\u{13430}\u{13001}',
      'a\u200Bda',
      '\u115F',
      '\u3164',
      'ada\uFE0F',
      '\uE000',
      'ada\uFDD0',
      '\u2800',
      '\u0301',
    ])
      expect([username, await codeOf(invite(portal_id, username))]).toEqual([username, 'invalid_input']);
  });

  it('keep the joiners that their script needs, but are compared without them', async () => {
    const portal_id = await test.portal();
    await invite(portal_id, 'می\u200Cخواهم');
    expect(await codeOf(invite(portal_id, 'میخواهم'))).toBe('username_taken');
    await invite(portal_id, 'ශ්\u200Dරී ලංකා', { name: 'Team 👩\u200D💻 ❤\uFE0F' });
  });
});
