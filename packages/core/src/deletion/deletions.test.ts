import { DeletionId } from '@gatehouse/contract/ids';
import { newId } from '@gatehouse/db/columns';
import { type Run, watchRuns } from '@gatehouse/db/statement';
import { describe, expect, it, vi } from 'vitest';
import { acceptApproval } from '../approval/accept-approval.ts';
import { listApprovals } from '../approval/list-approvals.ts';
import { inviteDeveloper } from '../developer/invite-developer.ts';
import { listDevelopers } from '../developer/list-developers.ts';
import { register } from '../auth/register.ts';
import { updatePortal } from '../portal/update-portal.ts';
import { admin, anonymous, codeOf, coreTest, PASSWORD, worker } from '../testing/core-test.ts';
import { fillDeveloper, rowsOf } from '../testing/owned.ts';
import { publish, subscriber } from '../testing/subscribers.ts';
import { anonymiseHistory } from './anonymise-history.ts';
import { deleteDeveloper } from '../developer/delete-developer.ts';
import { eraseBatch } from './erase-batch.ts';
import { finishDeletion } from './finish-deletion.ts';
import { getDeletion } from './get-deletion.ts';
import { deletionPreview } from '../developer/deletion-preview.ts';

const test = coreTest();
const DAY = 86_400_000;

async function invited(portal_id: string, username = 'ada'): Promise<{ portal_id: string; developer_id: string }> {
  const { developer_id } = await inviteDeveloper.execute(test.as(admin()), {
    portal_id,
    username,
    password: PASSWORD,
    email: `${username}@example.org`,
  });
  return { portal_id, developer_id };
}

async function uidOf(developer_id: string): Promise<string> {
  const [row] = await test.rows<{ id: string }>('select id from developer where developer_id = ?', [developer_id]);
  return row?.id ?? '';
}

async function secrets(): Promise<{ keys: number; logins: number } | undefined> {
  const [count] = await test.rows<{ keys: number; logins: number }>(
    'select (select count(*)::int from credential_key) as keys, (select count(*)::int from credential_login) as logins',
  );
  return count;
}

async function erase(deletion_id: string): Promise<number> {
  for (let batches = 1; ; batches += 1) {
    const { done } = await eraseBatch(test.as(worker), DeletionId.parse(deletion_id), () => false);
    if (!done) continue;
    await finishDeletion.execute(test.as(worker), { deletion_id });
    return batches;
  }
}

describe('the deletion of a developer', () => {
  it('hides the developer from every read immediately, and frees the username and address', async () => {
    const ref = await invited(await test.portal());
    const deletion = await deleteDeveloper.execute(test.as(admin()), ref);
    expect(deletion).toMatchObject({
      status: 'pending',
      cause: 'deleted',
      developer_id: ref.developer_id,
      completed_at: null,
    });
    expect((await listDevelopers.execute(test.as(admin()), { portal_id: ref.portal_id })).total).toBe(0);
    expect(await codeOf(deleteDeveloper.execute(test.as(admin()), ref))).toBe('not_found');
    await invited(ref.portal_id);
  });

  it('previews and erases subscriptions and their pending approvals', async () => {
    const portal_id = await test.portal();
    const ada = await subscriber(test, portal_id);
    const application = await ada.application();
    await ada.subscribe(application, await publish(test, portal_id, { subscription_auto_approval: true }));
    await ada.subscribe(application, await publish(test, portal_id));
    const owned = { applications: 1, credentials: 0, subscriptions: 2, approvals: 1 };
    expect(await deletionPreview.execute(test.as(admin()), ada.ref)).toMatchObject(owned);
    const { id } = await deleteDeveloper.execute(test.as(admin()), ada.ref);
    await erase(id);
    expect((await getDeletion.execute(test.as(admin()), { deletion_id: id })).progress).toMatchObject({
      subscriptions: { total: 2, erased: 2 },
      approvals: { total: 1, erased: 1 },
    });
    expect(await rowsOf(test, 'developer', ada.uid)).toEqual({});
    expect(await rowsOf(test, 'application', application)).toEqual({});
  });

  it('erases everything it previewed in limited batches, counts the progress and leaves no row', async () => {
    const ref = await invited(await test.portal());
    const uid = await uidOf(ref.developer_id);
    await fillDeveloper(test, { ...ref, uid, applications: 700, perApplication: 3 });
    const others = await invited(ref.portal_id, 'other');
    await fillDeveloper(test, { ...others, uid: await uidOf(others.developer_id), applications: 5, perApplication: 2 });
    const counts = { applications: 700, credentials: 2100, subscriptions: 2100, approvals: 2100 };
    expect(await deletionPreview.execute(test.as(admin()), ref)).toEqual({ developer_id: ref.developer_id, ...counts });
    expect(await secrets()).toEqual({ keys: 2098 + 8, logins: 2 + 2 });

    const { id } = await deleteDeveloper.execute(test.as(admin()), ref);
    expect(await erase(id)).toBeGreaterThan(3);
    const deletion = await getDeletion.execute(test.as(admin()), { deletion_id: id });
    expect(deletion.status).toBe('completed');
    for (const [part, total] of Object.entries(counts))
      expect(deletion.progress).toHaveProperty(part, { total, erased: total });
    expect(await rowsOf(test, 'developer', uid)).toEqual({});
    expect(await secrets()).toEqual({ keys: 8, logins: 2 });
    expect((await deletionPreview.execute(test.as(admin()), others)).applications).toBe(5);
  });

  it('walks an index even if the developer owns almost everything', async () => {
    const ref = await invited(await test.portal());
    await fillDeveloper(test, { ...ref, uid: await uidOf(ref.developer_id), applications: 2000, perApplication: 1 });
    await test.orm().em.fork().execute('analyze approval, subscription, credential, application');
    const { id } = await deleteDeveloper.execute(test.as(admin()), ref);
    const runs: Run[] = [];
    const unwatch = watchRuns((run) => void runs.push(run));
    await eraseBatch(test.as(worker), DeletionId.parse(id), () => true);
    unwatch();
    const erasing = new Map(
      runs
        .filter(({ text }) => text.includes('batch as materialized') && !text.includes('event_context'))
        .map((run) => [run.text, run.values]),
    );
    expect(erasing.size).toBe(4);
    for (const [text, [developer]] of erasing) {
      const plan = await test.rows(`explain ${text.replace('$1', `'${String(developer)}'`)}`);
      expect(JSON.stringify(plan)).not.toMatch(/Seq Scan|Sort/);
    }
  });

  it('erases and counts a row that changes meanwhile', async () => {
    const ref = await invited(await test.portal());
    const uid = await uidOf(ref.developer_id);
    await fillDeveloper(test, { ...ref, uid, applications: 1, perApplication: 3 });
    const { id: deletion_id } = await deleteDeveloper.execute(test.as(admin()), ref);
    const pool = await test.orm().em.getConnection().getNativeClient();
    const gateway = await pool.connect();
    await gateway.query('begin');
    await gateway.query('update credential set last_used_at = now() where developer_uid = $1', [uid]);
    const erasing = eraseBatch(test.as(worker), DeletionId.parse(deletion_id), () => true);
    await vi.waitUntil(
      async () =>
        (
          await test.rows(
            `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
          )
        ).length > 0,
    );
    await gateway.query('commit');
    gateway.release();
    await erasing;
    await erase(deletion_id);
    const { progress } = await getDeletion.execute(test.as(admin()), { deletion_id });
    expect(progress.credentials).toEqual({ total: 3, erased: 3 });
  });

  it('survives two workers at once, repeated batches and a second finish', async () => {
    const ref = await invited(await test.portal());
    const uid = await uidOf(ref.developer_id);
    await fillDeveloper(test, { ...ref, uid, applications: 500, perApplication: 3 });
    const { id: deletion_id } = await deleteDeveloper.execute(test.as(admin()), ref);
    await Promise.all([erase(deletion_id), erase(deletion_id)]);
    const { progress } = await getDeletion.execute(test.as(admin()), { deletion_id });
    expect(progress.credentials).toEqual({ total: 1500, erased: 1500 });
    expect(
      await test.rows(`select 1 from event where name = 'deletion.completed' and resource_id = ?`, [deletion_id]),
    ).toHaveLength(1);
  });

  it('keeps finished approvals and mails, and removes their names after the retention time', async () => {
    const portal_id = await test.portal({ retention_days: 7 });
    await register.execute(test.as(anonymous), {
      portal_id,
      username: 'ada.lovelace',
      email: 'ada@example.org',
      password: PASSWORD,
    });
    const [approval] = (await listApprovals.execute(test.as(admin()), { portal_id })).list;
    const approval_id = approval?.id ?? '';
    await acceptApproval.execute(test.as(admin()), { approval_id });
    await test.orm().em.fork().execute(`update email set status = 'sent' where portal_id = ?`, [portal_id]);
    const { id: deletion_id } = await deleteDeveloper.execute(test.as(admin()), {
      portal_id,
      developer_id: approval?.applicant_id ?? '',
    });
    await erase(deletion_id);
    const kept = async () =>
      JSON.stringify(
        await test.rows(
          'select a.*, e.*, d.* from approval a, email e, deletion d where a.portal_id = ? and e.portal_id = a.portal_id and d.portal_id = a.portal_id',
          [portal_id],
        ),
      );
    const after = (days: number) => anonymiseHistory(test.as(worker, new Date(Date.now() + days * DAY)));
    expect(await after(6)).toBe(0);
    expect(await kept()).toContain('ada.lovelace');
    expect(await after(8)).toBe(1);
    expect(await kept()).not.toMatch(/ada[.@]/);
    expect(await after(9)).toBe(0);
    expect((await listApprovals.execute(test.as(admin()), { portal_id })).list).toMatchObject([
      { id: approval_id, result: 'accepted', applicant_name: 'erased' },
    ]);
    await updatePortal.execute(test.as(admin()), { portal_id, settings: { retention_days: null } });
  });

  it('links a mail that was queued after the last batch to the deletion', async () => {
    const ref = await invited(await test.portal());
    const uid = await uidOf(ref.developer_id);
    const { id: deletion_id } = await deleteDeveloper.execute(test.as(admin()), ref);
    expect(await eraseBatch(test.as(worker), DeletionId.parse(deletion_id), () => true)).toEqual({ done: true });
    await test.rows('update email set developer_uid = ?, deletion_id = null where portal_id = ? returning 1', [
      uid,
      ref.portal_id,
    ]);
    await finishDeletion.execute(test.as(worker), { deletion_id });
    expect(
      await test.rows('select deletion_id, developer_uid from email where portal_id = ?', [ref.portal_id]),
    ).toEqual([{ deletion_id, developer_uid: null }]);
  });

  it('is hidden from admin tokens of another portal', async () => {
    const ref = await invited(await test.portal());
    const foreign = test.as(admin(['*'], await test.portal()));
    expect(await codeOf(deleteDeveloper.execute(foreign, ref))).toBe('not_found');
    const { id } = await deleteDeveloper.execute(test.as(admin()), ref);
    expect(await codeOf(getDeletion.execute(foreign, { deletion_id: id }))).toBe('not_found');
    expect(await codeOf(getDeletion.execute(test.as(admin()), { deletion_id: newId() }))).toBe('not_found');
  });
});
