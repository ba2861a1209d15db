import { DeletionId } from '@gatehouse/contract/ids';
import { transaction } from '@gatehouse/db/transaction';
import { watchStatements } from '@gatehouse/testing/statements';
import type { Actor } from '@gatehouse/contract/actor';
import { describe, expect, it, vi } from 'vitest';
import { createApplication } from '../application/create-application.ts';
import type { Context } from '../kernel/context.ts';
import { deleteDeveloper } from '../developer/delete-developer.ts';
import { eraseBatch } from '../deletion/erase-batch.ts';
import { finishDeletion } from '../deletion/finish-deletion.ts';
import { inviteDeveloper } from '../developer/invite-developer.ts';
import { deletePortal } from '../portal/delete-portal.ts';
import { updatePortal } from '../portal/update-portal.ts';
import { login } from '../auth/login.ts';
import { logout } from '../auth/logout.ts';
import { endSessions } from '../session/end-sessions.ts';
import { verifyEmail } from '../auth/verify-email.ts';
import { createToken } from '../token/create-token.ts';
import { admin, anonymous, coreTest, PASSWORD, portalToken, worker } from '../testing/core-test.ts';
import { inPersonAs, linkTokenTo, registered } from '../testing/in-person.ts';
import { fillDeveloper, rowsOf } from '../testing/owned.ts';
import { listAudit } from './list-audit.ts';
import { trimEventContexts } from './trim-event-contexts.ts';

const test = coreTest();
const DAY = 86_400_000;
const origin = { address: '2001:db8::7', userAgent: 'Gecko of Ada' };

const at = (context: Context): Context => ({ ...context, origin });
const as = (actor: Actor): Context => at(test.as(actor));

/** An active developer of a new portal. */
async function someone() {
  const portal_id = await test.portal({ registration_auto_approval: true });
  await registered(test, portal_id, 'ada');
  const [row] = await test.rows<{ uid: string; developer_id: string }>(
    'select id as uid, developer_id from developer where portal_id = ?',
    [portal_id],
  );
  if (!row) throw new Error('no developer');
  return { ref: { portal_id, developer_id: row.developer_id }, uid: row.uid };
}

const signIn = (portal_id: string) => login.execute(as(anonymous), { portal_id, username: 'ada', password: PASSWORD });

const kept = (portal_id: string) =>
  test.rows(
    `select e.name, c.developer_uid, c.address, c.user_agent from event e join event_context c on c.event_id = e.id
     where e.portal_id = ? order by e.id`,
    [portal_id],
  );

const invite = (context: Context, portal_id: string, username: string) =>
  inviteDeveloper.execute(context, { portal_id, username, password: PASSWORD });

describe('the request origin', () => {
  it('is stored for every event of the call, and belongs to a developer who acts in person', async () => {
    const { ref, uid } = await someone();
    const { portal_id } = ref;
    const { token } = await signIn(portal_id);
    const self = at(await inPersonAs(test, token));
    await createApplication.execute(self, { name: 'Shop' });
    await logout.execute(self, { portal_id });
    await deleteDeveloper.execute(as(admin()), ref);
    const [own, others] = [uid, null].map((developer_uid) => ({
      developer_uid,
      address: origin.address,
      user_agent: origin.userAgent,
    }));
    expect(await kept(portal_id)).toEqual([
      { name: 'session.created', ...own },
      { name: 'application.created', ...own },
      { name: 'session.deleted', ...own },
      { name: 'developer.deleted', ...others },
      { name: 'deletion.requested', ...others },
    ]);
    const elsewhere = ['event', 'outbox', 'revocation', 'email', 'session', 'developer', 'deletion'];
    const dump = JSON.stringify(await Promise.all(elsewhere.map((table) => test.rows(`select * from ${table}`))));
    expect(dump).toContain(ref.developer_id);
    for (const value of Object.values(origin)) expect(dump).not.toContain(value);
  });

  it('belongs to the developer who used the link, also for events about other developers', async () => {
    const { ref, uid } = await someone();
    const { portal_id } = ref;
    await inviteDeveloper.execute(test.as(admin()), { portal_id, username: 'eve', password: PASSWORD });
    await test.rows(
      `update developer set email = 'ada@example.org', email_key = 'ada@example.org' where username = 'eve' and portal_id = ? returning 1`,
      [portal_id],
    );
    const token = await linkTokenTo(test, 'verify_email', 'ada@example.org');
    await verifyEmail.execute(as(anonymous), { portal_id, token });
    expect(await kept(portal_id)).toMatchObject([
      { name: 'developer.updated', developer_uid: uid },
      { name: 'developer.email_verified', developer_uid: uid },
    ]);
  });

  it('is empty for events of the system', async () => {
    const portal_id = await test.portal();
    await invite(test.as(worker), portal_id, 'ada');
    expect(await kept(portal_id)).toEqual([]);
  });

  it('is visible to admin tokens only', async () => {
    const portal_id = await test.portal();
    await invite(as(admin()), portal_id, 'ada');
    const contexts = async (reader: Actor) =>
      (await listAudit.execute(test.as(reader), { portal_id })).list.map(({ context }) => context);
    const shown = { address: origin.address, user_agent: origin.userAgent };
    expect(await contexts(admin())).toEqual([shown, null]);
    expect(await contexts(admin(['audit:read'], portal_id))).toEqual([shown, null]);
    expect(await contexts(portalToken(portal_id, ['audit:read']))).toEqual([null, null]);
  });

  it('costs one statement for any number of events', async () => {
    const portal_id = await test.portal();
    const statements = async (call: () => Promise<unknown>): Promise<number> => {
      const watched = watchStatements();
      await call();
      return watched.stop().length;
    };
    const without = await statements(() => invite(test.as(admin()), portal_id, 'without'));
    expect(await statements(() => invite(as(admin()), portal_id, 'with'))).toBe(without + 1);
    const [one, other] = await Promise.all([someone(), someone()]);
    const alone = await statements(() => deleteDeveloper.execute(test.as(admin()), one.ref));
    expect(await statements(() => deleteDeveloper.execute(as(admin()), other.ref))).toBe(alone + 1);
  });
});

it('a sign-out and a suspension do not deadlock over the request origin', async () => {
  const { ref, uid } = await someone();
  const { token } = await signIn(ref.portal_id);
  const self = at(await inPersonAs(test, token));
  const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  const { signedOut } = await transaction(test.orm().em, async (em) => {
    // Shorter than `deadlock_timeout`, because a detected deadlock would be retried and stay invisible.
    await em.execute(`set local lock_timeout = '300ms'`);
    await em.execute('select 1 from developer where id = ? for update', [uid]);
    const signedOut = logout.execute(self, { portal_id: ref.portal_id });
    await vi.waitFor(async () => expect(await test.rows(waiting)).toHaveLength(1), 5000);
    endSessions(em, uid);
    return { signedOut };
  });
  await signedOut;
  expect(await kept(ref.portal_id)).toHaveLength(2);
});

describe('the request origin is deleted', () => {
  it('with its developer, in batches, without the origins of others', async () => {
    const { ref, uid } = await someone();
    const { portal_id } = ref;
    await invite(as(admin()), portal_id, 'other');
    await signIn(portal_id);
    await fillDeveloper(test, { ...ref, uid, applications: 4100, perApplication: 0 });
    const own = async (): Promise<number> => (await rowsOf(test, 'developer', uid))['event_context.developer_uid'] ?? 0;
    expect(await own()).toBe(4101);
    const { id: deletion_id } = await deleteDeveloper.execute(test.as(admin()), ref);
    for (let done = false; !done;) {
      const before = await own();
      ({ done } = await eraseBatch(test.as(worker), DeletionId.parse(deletion_id), () => false));
      expect(before - (await own())).toBeLessThanOrEqual(500);
    }
    expect(await own()).toBe(0);
    await finishDeletion.execute(test.as(worker), { deletion_id });
    expect(await rowsOf(test, 'developer', uid)).toEqual({});
    expect(await kept(portal_id)).toMatchObject([{ name: 'developer.invited' }]);
  });

  it('with its developer, even if it was written after the last batch', async () => {
    const { ref, uid } = await someone();
    const { id: deletion_id } = await deleteDeveloper.execute(test.as(admin()), ref);
    expect(await eraseBatch(test.as(worker), DeletionId.parse(deletion_id), () => true)).toEqual({ done: true });
    await fillDeveloper(test, { ...ref, uid, applications: 1, perApplication: 0 });
    await finishDeletion.execute(test.as(worker), { deletion_id });
    expect(await kept(ref.portal_id)).toEqual([]);
  });

  it('after the retention time of its portal, or after 30 days without a portal', async () => {
    const [week, long, gone] = [await test.portal({ retention_days: 7 }), await test.portal(), await test.portal()];
    await updatePortal.execute(test.as(admin()), { portal_id: long, settings: { retention_days: 40 } });
    for (const portal_id of [week, long]) await invite(as(admin()), portal_id, 'ada');
    await deletePortal.execute(as(admin()), { portal_id: gone });
    await createToken.execute(as(admin()), { kind: 'admin', name: 'everywhere', scopes: ['*'] });
    const left = async (days: number) => {
      while ((await trimEventContexts(test.as(worker, new Date(Date.now() + days * DAY)))) > 0);
      const rows = await test.rows<{ name: string; portal_id: string }>(
        `select e.name, e.portal_id from event e join event_context c on c.event_id = e.id
         where e.portal_id in (?, ?, ?) or e.name = 'token.created' order by e.id`,
        [week, long, gone],
      );
      return rows.map(({ name, portal_id }) => (portal_id === long ? 'long' : name));
    };
    expect(await left(6)).toEqual(['developer.invited', 'long', 'portal.deleted', 'token.created']);
    expect(await left(8)).toEqual(['long', 'portal.deleted', 'token.created']);
    expect(await left(29)).toEqual(['long', 'portal.deleted', 'token.created']);
    expect(await left(31)).toEqual(['long']);
    await updatePortal.execute(test.as(admin()), { portal_id: long, settings: { retention_days: 0 } });
    expect(await left(0)).toEqual([]);
    const events = await test.rows('select 1 from event where portal_id in (?, ?, ?)', [week, long, gone]);
    expect(events.length).toBeGreaterThan(5);
  });
});
