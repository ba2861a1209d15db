import { GatehouseError } from '@gatehouse/contract/errors';
import { hasValidChecksum } from '@gatehouse/contract/key-format';
import { describe, expect, it } from 'vitest';
import { createApplication } from '../application/create-application.ts';
import { verifyPassword } from '../crypto/password.ts';
import { sha256 } from '../crypto/secret.ts';
import { actingDeveloper, type Acting } from '../testing/acting.ts';
import { codeOf, coreTest, PASSWORD, portalToken } from '../testing/core-test.ts';
import { createCredential } from './create-credential.ts';
import { getCredential } from './get-credential.ts';
import { listCredentialsOfApplication } from './list-credentials-of-application.ts';
import { listCredentials } from './list-credentials.ts';
import { regenerateCredential } from './regenerate-credential.ts';
import { updateCredential } from './update-credential.ts';

const test = coreTest();
const HOUR = 3_600_000;

const developerOf = (portal_id: string, username = 'ada') => actingDeveloper(test, portal_id, username);

const KEY = { type: 'key-auth', name: 'Key' } as const;
const login = (username: string, password = PASSWORD) =>
  ({ type: 'basic-auth', name: 'Login', 'basic-auth': { username, password } }) as const;
const createKey = ({ as, application_id }: Acting) => createCredential.execute(as(), { application_id, ...KEY });
const createLogin = ({ as, application_id }: Acting, username: string) =>
  createCredential.execute(as(), { application_id, ...login(username) });

/** The code of the `GatehouseError` that a call throws, and the paths of its issues. */
async function problemOf(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof GatehouseError)) throw error;
  return [error.code, ...error.issues.map(({ path }) => path)].join(' ');
}

type StoredSecret = { secret: string; expires_at: string | null };
const keysOf = (id: string) =>
  test.rows<StoredSecret>(
    'select hash as secret, expires_at from credential_key where credential_id = ? order by expires_at',
    [id],
  );
const loginsOf = (id: string) =>
  test.rows<StoredSecret & { username: string }>(
    'select username, password_hash as secret, expires_at from credential_login where credential_id = ? order by expires_at',
    [id],
  );

describe('a key', () => {
  it('is shown once and stored as a hash', async () => {
    const ada = await developerOf(await test.portal());
    const made = await createCredential.execute(ada.as(), {
      application_id: ada.application_id,
      ...KEY,
      'key-auth': null,
      desc: 'For the shop',
      labels: { stage: 'test' },
    });
    const key = made['key-auth']?.key ?? '';
    expect(hasValidChecksum(key)).toBe(true);
    expect(key).toMatch(/^gtk_[^_]+$/);
    const ref = { application_id: ada.application_id, credential_id: made.id };
    const got = await getCredential.execute(ada.as(), ref);
    expect(got).toEqual({ ...made, 'key-auth': {} });
    expect(got).toMatchObject({
      application_name: 'Shop',
      developer_id: ada.ref.developer_id,
      prefix: key.slice(0, 12),
      desc: 'For the shop',
      labels: { stage: 'test' },
      expires_at: null,
      last_used_at: null,
    });
    expect(await keysOf(made.id)).toEqual([{ secret: sha256(key), expires_at: null }]);
    expect(await test.rows('select name, changed, on_behalf_of from event where resource_id = ?', [made.id])).toEqual([
      { name: 'credential.created', changed: [], on_behalf_of: ada.ref.developer_id },
    ]);
  });

  it('starts with the prefix of the portal', async () => {
    const ada = await developerOf(await test.portal({ key_prefix: 'acme' }));
    const { 'key-auth': secret, prefix } = await createKey(ada);
    expect(secret?.key).toMatch(/^gtk_acme_[0-9A-Za-z]{49}$/);
    expect(prefix).toBe(secret?.key.slice(0, 17));
  });

  it('stops working at once or after an overlap when it is regenerated, and a third key ends the overlap', async () => {
    const ada = await developerOf(await test.portal());
    const made = await createKey(ada);
    const ref = { application_id: ada.application_id, credential_id: made.id, type: 'key-auth' as const };
    const now = new Date();
    const until = new Date(now.getTime() + HOUR);
    const renew = async (overlap_seconds?: number) => {
      const { 'key-auth': secret, prefix } = await regenerateCredential.execute(ada.as(now), {
        ...ref,
        ...(overlap_seconds === undefined ? {} : { overlap_seconds }),
      });
      expect(secret?.key.startsWith(prefix ?? 'none')).toBe(true);
      return sha256(secret?.key ?? '');
    };
    const first = sha256(made['key-auth']?.key ?? '');
    const second = await renew(3600);
    const overlapping = await keysOf(made.id);
    expect(overlapping.map(({ secret }) => secret)).toEqual([first, second]);
    expect(overlapping.map(({ expires_at }) => expires_at && new Date(expires_at))).toEqual([until, null]);
    const third = await renew(60);
    expect((await keysOf(made.id)).map(({ secret }) => secret)).toEqual([second, third]);
    const fourth = await renew();
    expect(await keysOf(made.id)).toEqual([{ secret: fourth, expires_at: null }]);
    expect(
      await test.rows(`select changed from event where name = 'credential.regenerated' and resource_id = ?`, [made.id]),
    ).toEqual(Array.from({ length: 3 }, () => ({ changed: ['key-auth'] })));
  });
});

describe('a login', () => {
  it('is stored as the hash of its password, which only the answers that set it contain', async () => {
    const ada = await developerOf(await test.portal());
    // The accent is a separate code point.
    const made = await createLogin(ada, 'cafe\u0301');
    const own = { username: 'caf\u00e9', password: PASSWORD };
    expect(made).toMatchObject({ type: 'basic-auth', prefix: null, 'basic-auth': own });
    const ref = { application_id: ada.application_id, credential_id: made.id };
    const changes = [
      await getCredential.execute(ada.as(), ref),
      await listCredentials.execute(ada.as(), {}),
      await listCredentialsOfApplication.execute(ada.as(), { application_id: ada.application_id }),
      await updateCredential.execute(ada.as(), { ...ref, type: 'basic-auth', name: 'Other' }),
    ];
    expect(JSON.stringify(changes)).not.toContain('password');
    const [held] = await loginsOf(made.id);
    expect(held?.username).toBe('caf\u00e9');
    expect(await verifyPassword(held?.secret ?? '', PASSWORD)).toBe(true);
    expect(await problemOf(createLogin(ada, 'caf\u00e9'))).toBe('username_taken /basic-auth/username');
  });

  it('can be regenerated with another username, and keeps the old username until the overlap ends', async () => {
    const portal_id = await test.portal();
    const [ada, bob] = [await developerOf(portal_id), await developerOf(portal_id, 'bob')];
    const { id: credential_id } = await createLogin(ada, 'shop');
    const ref = { application_id: ada.application_id, credential_id };
    const password = 'another password, nobody knows';
    const renew = (username: string, overlap_seconds = 3600) => {
      const { type, 'basic-auth': secret } = login(username, password);
      return regenerateCredential.execute(ada.as(), { ...ref, type, 'basic-auth': secret, overlap_seconds });
    };
    expect((await renew('shop'))['basic-auth']).toEqual({ username: 'shop', password });
    expect((await renew('store'))['basic-auth']).toEqual({ username: 'store', password });
    expect((await loginsOf(credential_id)).map(({ username }) => username)).toEqual(['shop', 'store']);
    expect(await problemOf(createLogin(bob, 'shop'))).toBe('username_taken /basic-auth/username');
    const later = new Date(Date.now() + 2 * HOUR);
    const input = { application_id: bob.application_id, ...login('shop') };
    expect(await createCredential.execute(bob.as(later), input)).toMatchObject({ 'basic-auth': { username: 'shop' } });
    expect(await problemOf(renew('shop', 0))).toBe('username_taken /basic-auth/username');
    // The refused call changed nothing.
    expect((await loginsOf(credential_id)).map(({ username }) => username)).toEqual(['store']);
  });

  it('has a username that is unique in the portal, even among concurrent calls', async () => {
    const [portal_id, other] = [await test.portal(), await test.portal()];
    const owners = await Promise.all(['ada', 'bob', 'eve'].map((name) => developerOf(portal_id, name)));
    const codes = await Promise.all(owners.map((owner) => codeOf(createLogin(owner, 'shop'))));
    expect(codes.toSorted()).toEqual(['none', 'username_taken', 'username_taken']);
    expect(await codeOf(createLogin(await developerOf(other), 'shop'))).toBe('none');
  });

  it('frees its username when the developer is deleted, before the erasure', async () => {
    const portal_id = await test.portal();
    const [ada, bob] = [await developerOf(portal_id), await developerOf(portal_id, 'bob')];
    const { id } = await createLogin(ada, 'shop');
    await test.rows('update developer set left_at = now() where developer_id = ? returning 1', [ada.ref.developer_id]);
    expect(await codeOf(createLogin(bob, 'shop'))).toBe('none');
    expect(await loginsOf(id)).toEqual([]);
    expect(await test.rows('select 1 from credential where id = ?', [id])).toHaveLength(1);
  });

  it('rejects an invalid username or password', async () => {
    const ada = await developerOf(await test.portal());
    const tried = (username: string, password = PASSWORD) =>
      problemOf(
        createCredential.execute(ada.as(), { application_id: ada.application_id, ...login(username, password) }),
      );
    for (const username of ['', 'a:b', ' a', 'a ', 'a\nb', 'x'.repeat(101)])
      expect(await tried(username)).toBe('invalid_input /basic-auth/username');
    for (const password of ['1234567', 'x'.repeat(257), 'eight\nor more'])
      expect(await tried('a', password)).toBe('invalid_input /basic-auth/password');
    for (const password of ['password123', 'Some.Username'])
      expect(await tried('some.username', password)).toBe('password_too_common /basic-auth/password');
    expect(await test.rows('select 1 from credential_login where username = ?', ['a'])).toEqual([]);
  });
});

describe('credentials', () => {
  it('reject fields that do not match their type', async () => {
    const ada = await developerOf(await test.portal());
    const { application_id } = ada;
    const tried = async (input: object) =>
      problemOf(createCredential.execute(ada.as(), Object.assign({ application_id, ...KEY }, input)));
    const secret = login('a')['basic-auth'];
    expect(await tried({ type: 'oauth' })).toBe('invalid_input /type');
    expect(await tried({ type: 'oauth', oauth: { dcr_provider_id: 'x' } })).toBe('invalid_input /type /oauth');
    expect(await tried({ 'basic-auth': secret })).toBe('invalid_input /basic-auth');
    expect(await tried({ type: 'basic-auth' })).toBe('invalid_input /basic-auth');
    expect(await tried({ type: 'basic-auth', 'basic-auth': secret, 'key-auth': {} })).toBe('invalid_input /key-auth');
    expect(await tried({ 'key-auth': { key: 'mine' } })).toBe('invalid_input /key-auth/key');
    expect(await tried({ expires_at: new Date().toISOString() })).toBe('invalid_input /expires_at');
    expect(await test.rows('select 1 from credential where application_id = ?', [application_id])).toEqual([]);
    const { id: credential_id } = await createKey(ada);
    const ref = { application_id, credential_id };
    const wrong = { ...ref, type: 'basic-auth', 'basic-auth': secret } as const;
    expect(await problemOf(regenerateCredential.execute(ada.as(), wrong))).toBe('invalid_input /type');
    const other = { ...ref, type: 'basic-auth', name: 'x' } as const;
    expect(await problemOf(updateCredential.execute(ada.as(), other))).toBe('invalid_input /type');
  });

  it('lose an omitted desc or labels in an update, and keep an omitted expiry', async () => {
    const ada = await developerOf(await test.portal());
    const { id } = await createKey(ada);
    const ref = { application_id: ada.application_id, credential_id: id };
    const expires_at = new Date(Date.now() + HOUR).toISOString();
    const update = (given: object) => updateCredential.execute(ada.as(), { ...ref, ...KEY, ...given });
    const full = { name: 'Other', desc: 'For the shop', labels: { a: 'b' } };
    expect(await update({ ...full, expires_at })).toMatchObject({ ...full, expires_at, 'key-auth': {} });
    expect(await update(full)).toMatchObject({ ...full, expires_at });
    expect(await update({ name: 'Other' })).toMatchObject({ name: 'Other', desc: '', labels: {}, expires_at });
    expect(await codeOf(update({ expires_at: new Date().toISOString() }))).toBe('invalid_input');
    expect(await update({ name: 'Other', expires_at: null })).toMatchObject({ expires_at: null });
    expect(await keysOf(id)).toHaveLength(1);
    expect(await test.rows(`select changed from event where resource_id = ? order by id`, [id])).toEqual([
      { changed: [] },
      { changed: ['name', 'desc', 'labels', 'expires_at'] },
      { changed: ['desc', 'labels'] },
      { changed: ['expires_at'] },
    ]);
    expect(await test.rows(`select 1 from revocation where target = ?`, [id])).toHaveLength(2);
  });

  it('can be listed by application, type, label and search term', async () => {
    const portal_id = await test.portal();
    const [ada, bob] = [await developerOf(portal_id), await developerOf(portal_id, 'bob')];
    const { id: second } = await createApplication.execute(ada.as(), { name: 'Blog' });
    await createKey(ada);
    await createLogin(ada, 'peter');
    await createCredential.execute(ada.as(), { application_id: second, ...KEY, name: 'A', labels: { a: 'b' } });
    await createKey(bob);
    const portal = test.as(portalToken(portal_id));
    const list = async (filter: object, context = portal) =>
      (await listCredentials.execute(context, filter)).list.map(({ name }) => name);
    expect(await list({})).toEqual(['Key', 'A', 'Login', 'Key']);
    expect(await list({}, ada.as())).toEqual(['A', 'Login', 'Key']);
    expect(await list({ order_by: 'name', direction: 'asc' })).toEqual(['A', 'Key', 'Key', 'Login']);
    expect(await list({ application_id: [second] })).toEqual(['A']);
    expect(await list({ application_id: [second, bob.application_id] })).toEqual(['Key', 'A']);
    expect(await list({ application_id: [bob.application_id] }, ada.as())).toEqual([]);
    expect(await list({ auth_method: 'basic-auth' })).toEqual(['Login']);
    expect(await list({ plugin_name: 'basic-auth' })).toEqual(['Login']);
    expect(await list({ plugin_name: 'basic-auth', auth_method: 'key-auth' })).toEqual([]);
    expect(await list({ auth_method: 'oauth' })).toEqual([]);
    expect(await list({ labels: { a: 'b' } })).toEqual(['A']);
    expect(await list({ search: 'PETE' })).toEqual(['Login']);
    const of = async (application_id: string, filter: object = {}) =>
      (await listCredentialsOfApplication.execute(ada.as(), { application_id, ...filter })).total;
    expect([await of(ada.application_id), await of(second), await of(second, { search: 'x' })]).toEqual([2, 1, 0]);
    expect(await codeOf(of(bob.application_id))).toBe('not_found');
  });
});
