import { DeletionId } from '@gatehouse/contract/ids';
import { deleteDeveloper } from '@gatehouse/core/developer/delete-developer';
import { inviteDeveloper } from '@gatehouse/core/developer/invite-developer';
import { fillDeveloper } from '@gatehouse/core/testing/owned';
import { watchRuns } from '@gatehouse/db/statement';
import { expect, test } from 'vitest';
import { createRecordingMailer } from '../email/recording-mailer.ts';
import { eventually, mailFrom, workerTest } from '../testing/worker-test.ts';
import { eraseDevelopers } from './erase-developer.ts';

const bench = workerTest();
const recording = createRecordingMailer(null, mailFrom);

type Owned = { applications: number; perApplication: number };

/** Deletes a new developer who owns that many records, and returns the id of the deletion. */
async function deleted(username: string, owned: Owned): Promise<DeletionId> {
  const portal_id = bench().portalId;
  const person = { portal_id, username, password: 'correct horse battery staple', email: `${username}@example.com` };
  const { id: uid, developer_id } = await inviteDeveloper.execute(bench().context(), person);
  await fillDeveloper(bench(), { portal_id, developer_id, uid, ...owned });
  const { id } = await deleteDeveloper.execute(bench().context(), { portal_id, developer_id });
  return DeletionId.parse(id);
}

type Row = { status: string; progress: Record<string, { total: number; erased: number }> };
const deletion = async (id: string) =>
  (await bench().rows<Row>('select status, progress from deletion where id = ?', [id]))[0];

const progressOf = ({ applications, perApplication }: Owned) => {
  const part = (count: number) => ({ total: count, erased: count });
  const each = part(applications * perApplication);
  return { applications: part(applications), credentials: each, subscriptions: each, approvals: each };
};

const completions = (id: string) =>
  bench().rows(`select 1 from event where name = 'deletion.completed' and resource_id = ?`, [id]);

test('erases many ordinary developers in one transaction and a large one in batches, and counts what each owned', async () => {
  const sizes = [
    { applications: 1, perApplication: 2 },
    { applications: 2, perApplication: 1 },
    { applications: 3, perApplication: 2 },
    { applications: 400, perApplication: 2 },
  ];
  const ids: DeletionId[] = [];
  for (const [n, owned] of sizes.entries()) ids.push(await deleted(`developer-${String(n)}`, owned));
  const texts: string[] = [];
  const unwatch = watchRuns(({ text }) => void texts.push(text));
  expect(await eraseDevelopers(bench().deps(recording), { deletions: ids })).toEqual({ deletions: 4, completed: 4 });
  unwatch();
  expect(texts.filter((text) => text.startsWith('with erased as'))).toHaveLength(4);
  for (const [n, owned] of sizes.entries()) {
    expect(await deletion(ids[n] ?? '')).toEqual({ status: 'completed', progress: progressOf(owned) });
    expect(await completions(ids[n] ?? '')).toHaveLength(1);
  }
  expect(await bench().rows('select 1 from developer where left_at is not null')).toEqual([]);
  expect(await bench().rows('select 1 from application')).toEqual([]);
  expect(await eraseDevelopers(bench().deps(recording), { deletions: ids })).toEqual({ deletions: 4, completed: 0 });
});

test('erases the others if one fails, and the failing one once the cause is gone', async () => {
  const owned = { applications: 1, perApplication: 1 };
  const ids: DeletionId[] = [];
  for (const name of ['first', 'stuck', 'last']) ids.push(await deleted(name, owned));
  const [, stuck = ''] = ids;
  await bench().rows(
    `with one as (update application set name = 'stuck' where developer_uid =
       (select developer_uid from deletion where id = ?) returning 1) select * from one`,
    [stuck],
  );
  await bench().em.fork().execute(REFUSE);
  await expect(eraseDevelopers(bench().deps(recording), { deletions: ids })).rejects.toThrow('stuck');
  expect(await Promise.all(ids.map(async (id) => (await deletion(id))?.status))).toEqual([
    'completed',
    'running',
    'completed',
  ]);
  await bench().em.fork().execute('drop trigger refuse_stuck on application');
  expect(await eraseDevelopers(bench().deps(recording), { deletions: ids })).toEqual({ deletions: 3, completed: 1 });
  for (const id of ids) {
    expect(await deletion(id)).toEqual({ status: 'completed', progress: progressOf(owned) });
    expect(await completions(id)).toHaveLength(1);
  }
});

/** The database refuses to delete one application. */
const REFUSE = `create or replace function refuse_stuck() returns trigger language plpgsql as
    $$ begin if old.name = 'stuck' then raise exception 'stuck'; end if; return old; end $$;
  create trigger refuse_stuck before delete on application for each row execute function refuse_stuck()`;

test('concurrent jobs with the same deletions complete each once', async () => {
  const owned = { applications: 2, perApplication: 2 };
  const ids: DeletionId[] = [];
  for (let n = 0; n < 6; n += 1) ids.push(await deleted(`twice-${String(n)}`, owned));
  const deps = bench().deps(recording);
  await Promise.all([ids, ids.toReversed(), ids.slice(2)].map((deletions) => eraseDevelopers(deps, { deletions })));
  for (const id of ids) {
    expect(await deletion(id)).toEqual({ status: 'completed', progress: progressOf(owned) });
    expect(await completions(id)).toHaveLength(1);
  }
});

test('a job of an earlier release, which names one deletion, is still done', async () => {
  const id = await deleted('earlier', { applications: 1, perApplication: 1 });
  await bench().rows('delete from outbox returning 1');
  await using _worker = await bench().worker(recording);
  const queue = bench()
    .queues.all()
    .find(({ name }) => name === 'erase-developer');
  const job = await queue?.add('erase-developer', { deletion_id: id }, { jobId: 'earlier' });
  await eventually(async () => (await job?.getState()) === 'completed');
  expect((await deletion(id))?.status).toBe('completed');
});
