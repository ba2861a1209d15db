import { describe, expect, it } from 'vitest';
import type { Actor } from '@gatehouse/contract/actor';
import { admin, codeOf, coreTest, portalToken, worker } from '../testing/core-test.ts';
import { authenticateToken } from './authenticate.ts';
import { createToken } from './create-token.ts';
import { deleteToken } from './delete-token.ts';
import { ensureBootstrapToken } from './ensure-bootstrap-token.ts';
import { listTokens } from './list-tokens.ts';
import { regenerateToken } from './regenerate-token.ts';

const test = coreTest();
const HOUR = 3_600_000;
const authenticate = async (token: string, now = new Date()) =>
  (await authenticateToken({ em: test.orm().em, now }, token))?.actor ?? null;

describe('tokens', () => {
  it('are shown once, stored as a hash, and end by expiry, regeneration and deletion', async () => {
    const expires_at = new Date(Date.now() + HOUR).toISOString();
    const { token, id: token_id } = await createToken.execute(test.as(admin()), {
      kind: 'admin',
      name: 'ci',
      scopes: ['developers:read'],
      expires_at,
    });
    expect(await authenticate(token)).toMatchObject({ kind: 'admin_token', id: token_id, scopes: ['developers:read'] });
    expect(await authenticate(token, new Date(Date.now() + 2 * HOUR))).toBeNull();
    expect(await authenticate(`${token}x`)).toBeNull();
    expect(JSON.stringify(await test.rows('select * from token, event'))).not.toContain(token);
    expect(JSON.stringify(await listTokens.execute(test.as(admin()), {}))).not.toContain(token);
    const { token: second } = await regenerateToken.execute(test.as(admin()), { token_id });
    expect(await authenticate(token)).toBeNull();
    expect(await authenticate(second)).not.toBeNull();
    await deleteToken.execute(test.as(admin()), { token_id });
    expect(await authenticate(second)).toBeNull();
  });

  it('record their last use at most once a minute', async () => {
    const { token } = await createToken.execute(test.as(admin()), { kind: 'admin', name: 'used' });
    const used = async () =>
      (await test.rows<{ at: Date }>(`select last_used_at as at from token where name = 'used'`))[0]?.at;
    await authenticate(token, new Date('2026-01-01T00:00:00Z'));
    const first = await used();
    await authenticate(token, new Date('2026-01-01T00:00:59Z'));
    expect(await used()).toEqual(first);
    await authenticate(token, new Date('2026-01-01T00:01:01Z'));
    expect(await used()).not.toEqual(first);
  });

  it('cannot create or change tokens with more rights than their own', async () => {
    const [own, foreign] = [await test.portal(), await test.portal()];
    const create = (actor: Actor, input: object) =>
      codeOf(createToken.execute(test.as(actor), { kind: 'portal', name: 'x', portal_id: own, ...input }));
    const bound = admin(['tokens:write', 'developers:read'], own);
    expect(await create(bound, { scopes: ['developers:read'] })).toBe('none');
    expect(await create(bound, { scopes: ['developers:write'] })).toBe('scope_exceeded');
    expect(await create(bound, { scopes: ['developers:read'], portal_id: foreign })).toBe('not_found');
    expect(await create(bound, { kind: 'admin', portal_id: undefined, scopes: ['developers:read'] })).toBe(
      'scope_exceeded',
    );
    expect(
      await create(portalToken(own, ['tokens:write', 'developers:read']), {
        kind: 'admin',
        scopes: ['developers:read'],
      }),
    ).toBe('scope_exceeded');
    const messages = [foreign, '0190f3a0-0000-7000-8000-000000000000'].map((portal_id) =>
      createToken
        .execute(test.as(bound), { kind: 'portal', name: 'x', portal_id, scopes: ['developers:read'] })
        .catch((error: Error) => error.message),
    );
    expect(new Set(await Promise.all(messages))).toEqual(new Set(['No such portal.']));
    const expiring = { ...admin(), expiresAt: new Date(Date.now() + HOUR) };
    expect(await create(expiring, {})).toBe('scope_exceeded');
    expect(await create(admin(), { scopes: ['*'] })).toBe('invalid_input');
    expect(await create(admin(), { portal_id: undefined })).toBe('invalid_input');
    expect(await create(admin(), { expires_at: '2020-01-01T00:00:00Z' })).toBe('invalid_input');
    const { id: token_id } = await createToken.execute(test.as(admin()), {
      kind: 'portal',
      name: 'theirs',
      portal_id: foreign,
    });
    expect(await codeOf(deleteToken.execute(test.as(portalToken(own, ['tokens:write'])), { token_id }))).toBe(
      'not_found',
    );
    expect(await codeOf(regenerateToken.execute(test.as(admin(['tokens:write'])), { token_id }))).toBe(
      'scope_exceeded',
    );
  });

  it('include the bootstrap token, which follows GATEHOUSE_ADMIN_TOKEN', async () => {
    const ensure = (token: string | null) => ensureBootstrapToken.execute(test.as(worker), { token });
    const [first, second] = ['first-token-of-at-least-32-characters', 'second-token-of-at-least-32-characters'];
    await Promise.all([ensure(first), ensure(first), ensure(first)]);
    expect(await authenticate(first)).toMatchObject({ name: 'bootstrap', scopes: ['*'] });
    await ensure(second);
    expect(await authenticate(first)).toBeNull();
    expect(await authenticate(second)).not.toBeNull();
    await ensure(null);
    expect(await authenticate(second)).toBeNull();
    expect(await codeOf(ensureBootstrapToken.execute(test.as(admin()), { token: first }))).toBe('forbidden');
    const { token: ownSecret } = await createToken.execute(test.as(admin()), { kind: 'admin', name: 'made here' });
    expect(await codeOf(ensure(ownSecret))).toBe('illegal_state');
  });
});
