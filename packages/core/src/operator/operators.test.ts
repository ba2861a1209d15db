import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor } from '@gatehouse/contract/actor';
import { OPERATOR_ROLES, type OperatorRole } from '@gatehouse/contract/scopes';
import { transaction } from '@gatehouse/db/transaction';
import { describe, expect, it } from 'vitest';
import { deletePortal } from '../portal/delete-portal.ts';
import { admin, anonymous, codeOf, coreTest, operator, portalToken } from '../testing/core-test.ts';
import { deleteOperator } from './delete-operator.ts';
import { disableOperator } from './disable-operator.ts';
import { enableOperator } from './enable-operator.ts';
import { getOperator } from './get-operator.ts';
import { inviteOperator } from './invite-operator.ts';
import { listOperators } from './list-operators.ts';
import { getOperatorMe } from './me.ts';
import { renewOperatorInvite } from './renew-invite.ts';
import { updateOperator } from './update-operator.ts';

const test = coreTest();
const UNKNOWN = '0190f3a0-0000-7000-8000-000000000000';

let count = 0;
type Given = { role?: OperatorRole; portal_ids?: string[] | null };
const invite = (actor: Actor, { role = 'viewer', portal_ids = null }: Given = {}) => {
  count += 1;
  const email = `grace${String(count)}@example.org`;
  return inviteOperator.execute(test.as(actor), { name: 'Grace Hopper', email, role, portal_ids });
};

describe('an operator', () => {
  it('is invited by a mail, and listed by state, role, name and address', async () => {
    const made = await invite(admin(), { role: 'approver' });
    expect(made).toMatchObject({ role: 'approver', portal_ids: null, state: 'invited', last_login_at: null });
    expect(await getOperator.execute(test.as(operator('viewer')), { operator_id: made.id })).toEqual(made);
    const mails = await test.rows('select kind, portal_id, status from email where "to" = ?', [made.email]);
    expect(mails).toEqual([{ kind: 'operator_invitation', portal_id: null, status: 'queued' }]);
    const found = async (filters: object) =>
      (await listOperators.execute(test.as(admin()), { page_size: 500, ...filters })).list.map(({ id }) => id);
    expect(await found({ search: made.email.toUpperCase() })).toEqual([made.id]);
    expect(await found({ state: 'invited', role: 'approver', search: 'hopper' })).toContain(made.id);
    expect(await found({ state: 'disabled' })).not.toContain(made.id);
    for (const order_by of ['created_at', 'name', 'email', 'last_login_at'] as const)
      expect(await found({ order_by, cursor: '' })).toContain(made.id);
    const events = await test.rows(`select actor_kind, portal_id from event where resource_id = ?`, [made.id]);
    expect(events).toEqual([{ actor_kind: 'admin_token', portal_id: null }]);
  });

  it('cannot share an address with another operator', async () => {
    const { email } = await invite(admin());
    const again = { name: 'Other', email: email.toUpperCase(), role: 'viewer' as const, portal_ids: null };
    expect(await codeOf(inviteOperator.execute(test.as(admin()), again))).toBe('email_taken');
  });

  it('gets a new invitation only until it has accepted one', async () => {
    const { id: operator_id } = await invite(admin());
    await renewOperatorInvite.execute(test.as(admin()), { operator_id });
    await test.rows(`update operator set state = 'active' where id = ? returning 1`, [operator_id]);
    expect(await codeOf(renewOperatorInvite.execute(test.as(admin()), { operator_id }))).toBe('illegal_state');
  });

  it('gets no invitation while it is disabled', async () => {
    const { id: operator_id } = await invite(admin());
    await disableOperator.execute(test.as(admin()), { operator_id });
    await expect(renewOperatorInvite.execute(test.as(admin()), { operator_id })).rejects.toThrow('is disabled');
    await enableOperator.execute(test.as(admin()), { operator_id });
    expect(await renewOperatorInvite.execute(test.as(admin()), { operator_id })).toMatchObject({ state: 'invited' });
  });

  it('is disabled and enabled again, and a repeated call changes nothing', async () => {
    const { id: operator_id } = await invite(admin());
    for (const call of [disableOperator, disableOperator, enableOperator, enableOperator])
      await call.execute(test.as(admin()), { operator_id });
    const events = await test.rows('select name from event where resource_id = ? order by id', [operator_id]);
    expect(events).toEqual(['invited', 'disabled', 'enabled'].map((verb) => ({ name: `operator.${verb}` })));
  });

  it('leaves nothing but its id when it is deleted', async () => {
    const { id: operator_id, email } = await invite(admin());
    await deleteOperator.execute(test.as(admin()), { operator_id });
    expect(await codeOf(getOperator.execute(test.as(admin()), { operator_id }))).toBe('not_found');
    const kept = await test.rows('select e::text from email e union all select e::text from event e');
    expect(JSON.stringify(kept)).not.toContain(email);
  });

  it('loses a portal when the portal is deleted', async () => {
    const [kept, gone] = [await test.portal(), await test.portal()];
    const { id: operator_id } = await invite(admin(), { portal_ids: [kept, gone] });
    await deletePortal.execute(test.as(admin()), { portal_id: gone });
    const { portal_ids } = await getOperator.execute(test.as(admin()), { operator_id });
    expect(portal_ids).toEqual([kept]);
  });

  it('is not limited to a portal that is being deleted', async () => {
    const gone = await test.portal();
    const invited = await transaction(test.orm().em, async (em) => {
      await em.execute('delete from portal where id = ?', [gone]);
      const made = codeOf(invite(admin(), { portal_ids: [gone] }));
      await Promise.race([made, sleep(200)]);
      return { made };
    });
    expect(await invited.made).toBe('not_found');
  });

  it('must exist, and its portals too', async () => {
    for (const operator_id of [UNKNOWN, 'x'])
      for (const call of [getOperator, disableOperator, deleteOperator])
        expect(await codeOf(call.execute(test.as(admin()), { operator_id }))).toBe('not_found');
    expect(await codeOf(invite(admin(), { portal_ids: [UNKNOWN] }))).toBe('not_found');
  });
});

describe('an operator grants only what it has', () => {
  it.each<[string, () => Actor, OperatorRole[]]>([
    ['an owner', () => operator('owner'), [...OPERATOR_ROLES]],
    ['a manager', () => operator('manager'), []],
    ['an admin token', () => admin(), [...OPERATOR_ROLES]],
    ['a token with some scopes', () => admin(['operators:write', 'portals:read']), []],
    ['an expiring token', () => ({ ...admin(), expiresAt: new Date(Date.now() + 1000) }), []],
    ['a token of one portal', () => admin(['*'], UNKNOWN), []],
    ['a portal token', () => portalToken(UNKNOWN, ['operators:write']), []],
    ['a visitor', () => anonymous, []],
  ])('%s', async (_, actor, roles) => {
    const given = await Promise.all(OPERATOR_ROLES.map((role) => codeOf(invite(actor(), { role }))));
    expect(OPERATOR_ROLES.filter((_role, index) => given[index] === 'none')).toEqual(roles);
    expect(new Set(given)).not.toContain('internal');
  });

  it('within the own portals, and without seeing the operators of others', async () => {
    const [own, other] = [await test.portal(), await test.portal()];
    const bound = operator('owner', [own]);
    const [mine, theirs, all] = [
      await invite(bound, { role: 'owner', portal_ids: [own] }),
      await invite(admin(), { portal_ids: [own, other] }),
      await invite(admin()),
    ];
    expect(await codeOf(invite(bound, { portal_ids: [own, other] }))).toBe('scope_exceeded');
    expect(await codeOf(invite(bound))).toBe('scope_exceeded');
    const seen = (await listOperators.execute(test.as(bound), { page_size: 500 })).list;
    expect(seen.map(({ id }) => id)).toEqual([mine.id]);
    for (const { id: operator_id } of [theirs, all]) {
      expect(await codeOf(getOperator.execute(test.as(bound), { operator_id }))).toBe('not_found');
      expect(await codeOf(disableOperator.execute(test.as(bound), { operator_id }))).toBe('not_found');
    }
    const widen = { operator_id: mine.id, portal_ids: null };
    expect(await codeOf(updateOperator.execute(test.as(bound), widen))).toBe('scope_exceeded');
    expect(await codeOf(listOperators.execute(test.as(portalToken(own, ['operators:read'])), {}))).toBe('forbidden');
  });

  it('nor changes an operator who has more', async () => {
    const owner = await invite(admin(), { role: 'owner' });
    const weaker = admin(['operators:write', 'approvals:decide']);
    for (const call of [disableOperator, deleteOperator, renewOperatorInvite])
      expect(await codeOf(call.execute(test.as(weaker), { operator_id: owner.id }))).toBe('scope_exceeded');
    const demote = { operator_id: owner.id, role: 'viewer' as const };
    expect(await codeOf(updateOperator.execute(test.as(weaker), demote))).toBe('scope_exceeded');
  });
});

it('`me` says what the caller may do', async () => {
  const me = await getOperatorMe.execute(test.as(operator('approver', [UNKNOWN])), {});
  expect(me).toMatchObject({ kind: 'operator', name: 'test approver', portal_ids: [UNKNOWN] });
  expect(me.can).toContain('approvals:decide');
  expect(me.can.filter((access) => access.endsWith(':write'))).toEqual([]);
  const token = await getOperatorMe.execute(test.as(admin(['developers:write'])), {});
  expect(token).toMatchObject({ kind: 'admin_token', operator: null, can: ['developers:read', 'developers:write'] });
  expect(await codeOf(getOperatorMe.execute(test.as(portalToken(UNKNOWN)), {}))).toBe('forbidden');
});
