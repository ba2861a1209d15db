import type { Actor } from '@gatehouse/contract/actor';
import { GatehouseError } from '@gatehouse/contract/errors';
import type { ConsoleActor } from './authenticate-operator-session.ts';

/** The operator or admin token that makes the call. */
export function askingHolder(actor: Actor): ConsoleActor {
  if (actor.kind === 'operator' || actor.kind === 'admin_token') return actor;
  throw new GatehouseError('forbidden', 'Only operators and admin tokens can do this.');
}
