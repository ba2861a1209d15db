import type { LoginOptionId, PortalId } from '@gatehouse/contract/ids';
import { notFound } from '@gatehouse/contract/errors';
import { LoginOption } from '@gatehouse/db/entities/login-option.entity';
import { LockMode } from '@mikro-orm/core';
import type { Scope } from '../kernel/command.ts';
import { manageIn } from '../portal/portal.policy.ts';
import { isId } from '../list/ids.ts';
import type { QueryScope } from '../kernel/query.ts';

type Ref = { portal_id: PortalId; login_option_id: LoginOptionId };
type Finder = Pick<QueryScope, 'em' | 'actor' | 'authorize'>;

/** Finds a login option that the actor may manage. Throws `not_found` for every other one. */
export const authorizedLoginOption = (scope: Finder, ref: Ref): Promise<LoginOption> => find(scope, ref, {});

/** Like `authorizedLoginOption`, and locks it until the transaction ends. */
export const lockLoginOption = (scope: Scope, ref: Ref): Promise<LoginOption> =>
  find(scope, ref, { lockMode: LockMode.PESSIMISTIC_WRITE });

async function find(
  { em, actor, authorize }: Finder,
  { portal_id, login_option_id }: Ref,
  options: { lockMode?: LockMode },
): Promise<LoginOption> {
  authorize(manageIn(actor, portal_id, 'login option'));
  const option =
    isId(portal_id) && isId(login_option_id)
      ? await em.findOne(LoginOption, { id: login_option_id, portal: portal_id }, options)
      : null;
  if (!option) throw notFound('login option');
  return option;
}
