import { startSmtpSink } from '@gatehouse/testing/smtp-sink';
import { expect, it } from 'vitest';
import { call, listOf, newPortal, register, signedIn, until } from './api.ts';
import { startSystem } from './system.ts';

const NAMES = Array.from({ length: 8 }, (_, n) => `person-${String(n)}`);

it('two api and two worker processes decide once, mail once, erase once and share sessions', async () => {
  await using sink = await startSmtpSink();
  await using system = await startSystem({ smtpUrl: sink.url, env: { RATE_LIMITS: 'off' } });
  const [secondApi, secondWorker] = [system.anotherApi({}), system.anotherWorker()];
  await Promise.all([secondApi.start(), secondWorker.start()]);
  await using _second = {
    [Symbol.asyncDispose]: async () => {
      await Promise.all([secondApi.kill(), secondWorker.kill()]);
    },
  };
  const other = { ...system, url: secondApi.url() };
  const portal = await newPortal(system);

  // Opposite decisions at the same time, in different processes.
  const approvals = [];
  for (const name of NAMES) approvals.push(await register(system, portal, name));
  const decided = await Promise.all(
    approvals.map(({ id }) =>
      Promise.all([
        call(system, `POST /api/approvals/${String(id)}/accept`),
        call(other, `POST /api/approvals/${String(id)}/reject`),
      ]),
    ),
  );
  for (const answers of decided)
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  const decisions = () => sink.mails.filter(({ subject }) => /was (approved|declined)/i.test(subject ?? ''));
  await until('all mails', async () => {
    const open = await system.sql(`select from email where status <> 'sent'`);
    return open.length === 0 || null;
  });
  expect(decisions()).toHaveLength(NAMES.length);

  // A session of one process, used and ended in the other.
  const token = await signedIn(system, portal, 'guest');
  expect((await call(other, 'GET /api/me', { token })).status).toBe(200);
  expect((await call(other, `POST /api/portals/${portal}/auth/logout`, { token })).status).toBe(204);
  await until('the end of the session', async () => {
    return (await call(system, 'GET /api/me', { token })).status === 401 || null;
  });

  // Simultaneous deletions, while a worker dies.
  const people = listOf(await call(other, `GET /api/portals/${portal}/developers?page_size=50`));
  const [deletions] = await Promise.all([
    Promise.all(
      people.flatMap(({ developer_id }) =>
        [system, other].map((api) => call(api, `DELETE /api/portals/${portal}/developers/${String(developer_id)}`)),
      ),
    ),
    system.worker.kill('SIGKILL'),
  ]);
  expect(deletions.filter(({ status }) => status === 202).length).toBeGreaterThanOrEqual(people.length);
  await until('the erasures', async () => {
    const left = await system.sql('select from developer where portal_id = $1', [portal]);
    return left.length === 0 || null;
  });
  const finished = await system.sql(`select from event where name = 'deletion.completed'`);
  // A rejected registration has been erased, too.
  expect(finished).toHaveLength(NAMES.length + 1);
});
