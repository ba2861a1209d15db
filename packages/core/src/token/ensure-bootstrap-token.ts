import { statement } from '@gatehouse/db/statement';
import { newId } from '@gatehouse/db/columns';
import { GatehouseError } from '@gatehouse/contract/errors';
import { Token } from '@gatehouse/db/entities/token.entity';
import { z } from 'zod';
import { changed, command, unchanged, type Scope } from '../kernel/command.ts';
import { manageInstallation } from '../portal/portal.policy.ts';
import { Nothing } from '../kernel/present.ts';
import { endTokenSessions } from './end-token-sessions.ts';
import { keptOf } from './new-secret.ts';

const IN_USE =
  'GATEHOUSE_ADMIN_TOKEN is the secret of an existing token. Choose another secret, or delete that token first.';

const oneAtATime = statement({
  name: 'token.lock_bootstrap',
  text: `select from pg_advisory_xact_lock(hashtext('gatehouse:bootstrap'))`,
  params: [],
});

/** Brings the token `bootstrap` in line with the setting: a changed value replaces the token, an unset one revokes it. */
export const ensureBootstrapToken = command({
  name: 'tokens.ensureBootstrap',
  access: 'system',
  summary: 'Store the token of GATEHOUSE_ADMIN_TOKEN, as a hash',
  input: z.strictObject({ token: z.string().min(32).nullable() }),
  output: Nothing,
  async run(scope, { token: secret }) {
    scope.authorize(manageInstallation(scope.actor));
    // Several processes may start together. All but one wait here and then find the token.
    await oneAtATime.run(scope.em, []);
    const token = await scope.em.findOne(Token, { bootstrap: true });
    if (secret === null) return token ? revoke(scope, token) : unchanged(null);
    const kept = keptOf(secret);
    if (token?.hash === kept.hash) return unchanged(null);
    const known = await scope.em.findOne(Token, { hash: kept.hash });
    if (known) throw new GatehouseError('illegal_state', IN_USE);
    if (!token) return create(scope, kept);
    token.regenerate(kept);
    endTokenSessions(scope.em, token.id);
    scope.emit('token.regenerated', token, ['token']);
    return changed(null);
  },
});

function create({ em, now, emit }: Scope, kept: { prefix: string; hash: string }): { changed: boolean; view: null } {
  const token = em.create(Token, {
    id: newId(),
    kind: 'admin',
    name: 'bootstrap',
    bootstrap: true,
    scopes: ['*'],
    ...kept,
    createdAt: now,
  });
  emit('token.created', token);
  return changed(null);
}

function revoke({ em, emit }: Scope, token: Token): { changed: boolean; view: null } {
  em.remove(token);
  emit('token.deleted', token);
  return changed(null);
}
