import type { OperatorRole } from '@gatehouse/contract/scopes';
import { expect, it } from 'vitest';
import { createToken } from '../token/create-token.ts';
import { deleteToken } from '../token/delete-token.ts';
import { admin, codeOf, coreTest } from '../testing/core-test.ts';
import { deleteOperator } from './delete-operator.ts';
import { disableOperator } from './disable-operator.ts';
import { inviteOperator } from './invite-operator.ts';
import { updateOperator } from './update-operator.ts';

const test = coreTest();

async function active(role: OperatorRole) {
  const email = `${crypto.randomUUID()}@example.org`;
  const input = { name: 'Ada', email, role, portal_ids: null };
  const { id: operator_id } = await inviteOperator.execute(test.as(admin()), input);
  await test.rows(`update operator set state = 'active' where id = ? returning 1`, [operator_id]);
  return { operator_id };
}

const removals = [
  (ref: { operator_id: string }) => disableOperator.execute(test.as(admin()), ref),
  (ref: { operator_id: string }) => deleteOperator.execute(test.as(admin()), ref),
  (ref: { operator_id: string }) => updateOperator.execute(test.as(admin()), { ...ref, role: 'manager' }),
];

it('the last active owner stays while no admin token could replace it', async () => {
  const owner = await active('owner');
  await active('manager');
  for (const remove of removals) expect(await codeOf(remove(owner))).toBe('illegal_state');
  const portal_id = await test.portal();
  const limited = { ...owner, portal_ids: [portal_id] };
  expect(await codeOf(updateOperator.execute(test.as(admin()), limited))).toBe('illegal_state');

  const expires_at = new Date(Date.now() + 60_000).toISOString();
  for (const weak of [{ scopes: ['tokens:write' as const] }, { portal_id }]) {
    await createToken.execute(test.as(admin()), { kind: 'admin', name: 'weak', ...weak });
    expect(await codeOf(disableOperator.execute(test.as(admin()), owner))).toBe('illegal_state');
  }
  const token = await createToken.execute(test.as(admin()), { kind: 'admin', name: 'spare', expires_at });
  expect(await codeOf(disableOperator.execute(test.as(admin(), new Date(Date.now() + 120_000)), owner))).toBe(
    'illegal_state',
  );
  expect(await codeOf(disableOperator.execute(test.as(admin()), owner))).toBe('none');
  await deleteToken.execute(test.as(admin()), { token_id: token.id });
});

it('of two owners who remove each other at the same time, one stays', async () => {
  const owners = [await active('owner'), await active('owner')];
  const codes = await Promise.all(owners.map((owner) => codeOf(deleteOperator.execute(test.as(admin()), owner))));
  expect(codes.toSorted()).toEqual(['illegal_state', 'none']);
});
