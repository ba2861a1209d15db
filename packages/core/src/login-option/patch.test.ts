import { LoginOptionRef } from '@gatehouse/contract/login-option';
import type { z } from 'zod';
import type { Context } from '../kernel/context.ts';
import type { LoginOptionId, PortalId } from '@gatehouse/contract/ids';
import { newId } from '@gatehouse/db/columns';
import { LoginOption } from '@gatehouse/db/entities/login-option.entity';
import { expect, test } from 'vitest';
import { inviteDeveloper } from '../developer/invite-developer.ts';
import { getPortal } from '../portal/get-portal.ts';
import { admin, anonymous, codeOf, coreTest, PASSWORD, worker } from '../testing/core-test.ts';
import { signIn } from '../testing/in-person.ts';
import { createLoginOption } from './create-login-option.ts';
import { listLoginOptions } from './list-login-options.ts';
import { loginOptions } from '../auth/login-options.ts';
import { mergeConfig, sealConfig } from './login-option-config.ts';
import { openConfig } from './open-config.ts';
import { readSsoOption } from './read-sso-option.ts';
import { resealSecrets } from './reseal-secrets.ts';
import { testLoginOption } from './test-login-option.ts';
import { updateLoginOption } from './update-login-option.ts';

const readOption = (context: Context, ref: z.input<typeof LoginOptionRef>) =>
  readSsoOption(context, LoginOptionRef.parse(ref));
const core = coreTest();
const as = (now?: Date) => core.as(admin(), now);
const LATER = new Date(Date.now() + 60_000);
const LOGO = 'https://cdn.example.org/logo.png';
const cas = { url: 'https://cas.example.org' };
const oidc = { issuer: 'https://login.example.org', client_id: 'portal', client_secret: 'secret' };
const ldap = { host: 'ldap.example.org', port: 636, base_dn: 'dc=x', use_ssl: true };

type OptionInput = {
  portal_id: string;
  provider_type?: 'cas' | 'ldap' | 'oidc';
  config?: object;
  now?: Date;
  logo?: string;
};
const create = ({ portal_id, provider_type = 'cas', config = cas, now, logo }: OptionInput) =>
  createLoginOption.execute(as(now), {
    portal_id,
    name: 'Company',
    provider_type,
    config,
    ...(logo === undefined ? {} : { logo }),
  });
const builtInOf = async (portal_id: PortalId) => {
  const { list } = await listLoginOptions.execute(as(), { portal_id, provider_type: 'built_in' });
  return { portal_id, login_option_id: list[0]?.id ?? '' };
};
const changesOf = async (id: string, name = 'login_option.updated') =>
  (
    await core.rows<{ changed: string[] }>('select changed from event where name = ? and resource_id = ? order by id', [
      name,
      id,
    ])
  ).map(({ changed }) => changed);

test('an update keeps an omitted logo, removes a null logo and updates the time of the last change', async () => {
  const { id: login_option_id, portal_id } = await create({ portal_id: await core.portal(), logo: LOGO });
  const ref = { portal_id, login_option_id };
  const renamed = await updateLoginOption.execute(as(LATER), { ...ref, name: 'Other' });
  expect(renamed).toMatchObject({ name: 'Other', logo: LOGO, updated_at: LATER.toISOString() });
  expect((await updateLoginOption.execute(as(), { ...ref, logo: null })).logo).toBeNull();
  expect(await changesOf(login_option_id)).toEqual([['name'], ['logo']]);
});

test('the event names a field that is set for the first time or removed', async () => {
  const { id: login_option_id, portal_id } = await create({ portal_id: await core.portal() });
  const set = (root_url: string | null) =>
    updateLoginOption.execute(as(), { portal_id, login_option_id, config: { root_url } });
  await set('https://portal.example.org');
  await set(null);
  expect(await changesOf(login_option_id)).toEqual([['config.root_url'], ['config.root_url']]);
});

test('undefined fields count as omitted', async () => {
  expect(mergeConfig({ a: 1, b: 2 }, { a: undefined, b: null })).toEqual({ a: 1 });
  const portal_id = await core.portal();
  const { id: login_option_id } = await create({ portal_id, provider_type: 'oidc', config: oidc });
  const config = { issuer: 'https://evil.example', client_secret: undefined };
  const call = updateLoginOption.execute(as(), { portal_id, login_option_id, config });
  await expect(call).rejects.toMatchObject({ issues: [{ path: '/config/client_secret' }] });
});

test('a token of one portal can use the portal id in upper case', async () => {
  const portal_id = await core.portal();
  const bound = core.as(admin(['login_options:write', 'login_options:read'], portal_id));
  const upper = portal_id.toUpperCase();
  const made = await createLoginOption.execute(bound, {
    portal_id: upper,
    name: 'Company',
    provider_type: 'cas',
    config: cas,
  });
  expect(made.portal_id).toBe(portal_id);
  expect((await listLoginOptions.execute(bound, { portal_id: upper })).list).toHaveLength(2);
  const ref = { portal_id: upper, login_option_id: made.id };
  expect((await updateLoginOption.execute(bound, { ...ref, name: 'Other' })).name).toBe('Other');
});

test('an update of the built-in login option changes the portal settings', async () => {
  const portal_id = await core.portal({ registration_auto_approval: true });
  const email = 'ada@example.org';
  await inviteDeveloper.execute(as(), { portal_id, username: 'ada', email, password: PASSWORD });
  await core.rows('update developer set email_verified = true where portal_id = ? returning 1', [portal_id]);
  const byEmail = () => codeOf(signIn(core, portal_id, { username: email }));
  expect(await byEmail()).toBe('none');
  const config = { login_with_email: false, enable_self_registration: false, registration_auto_approval: true };
  await updateLoginOption.execute(as(LATER), { ...(await builtInOf(portal_id)), config });
  expect(await byEmail()).toBe('invalid_login');
  const portal = await getPortal.execute(as(), { portal_id });
  expect(portal).toMatchObject({
    updated_at: LATER.toISOString(),
    settings: { login_with_email: false, self_registration: false, registration_auto_approval: true },
  });
  const [names = []] = await changesOf(portal_id, 'portal.updated');
  expect(names.toSorted()).toEqual(['settings.login_with_email', 'settings.self_registration']);
});

test('the sign-in options list the oldest first, and have no URL for LDAP', async () => {
  const portal_id = await core.portal();
  const newest = await create({ portal_id, now: LATER });
  const oldest = await create({ portal_id, provider_type: 'ldap', config: ldap, now: new Date(0) });
  const { list } = await loginOptions.execute(core.as(anonymous), { portal_id });
  const { login_option_id } = await builtInOf(portal_id);
  expect(list.map(({ id }) => id)).toEqual([oldest.id, login_option_id, newest.id]);
  expect(list[0]).toMatchObject({ provider_type: 'ldap', login_url: null });
});

test('a trailing slash of root_url does not change the callback URL', async () => {
  const portal_id = await core.portal();
  const { id, config } = await create({ portal_id, config: { ...cas, root_url: 'https://portal.example.org/api/' } });
  const callback_url = `https://portal.example.org/api/api/portals/${portal_id}/auth/sso/${id}/callback`;
  expect(config).toMatchObject({ callback_url });
});

test('the built-in login option cannot be tested or used for single sign-on', async () => {
  const ref = await builtInOf(await core.portal());
  await expect(testLoginOption.execute(as(), ref)).rejects.toMatchObject({
    code: 'illegal_state',
    message: expect.stringContaining('cannot be tested'),
  });
  expect(await codeOf(readOption(as(), ref))).toBe('not_found');
});

test('a sealed secret cannot be opened as another field', async () => {
  const portal_id = await core.portal();
  const config = { ...ldap, bind_dn: 'cn=x', bind_password: 'first', client_cert: '-----BEGIN X-----' };
  const { id: login_option_id } = await create({
    portal_id,
    provider_type: 'ldap',
    config: { ...config, client_key: '-----BEGIN Y-----' },
  });
  const ref = { portal_id, login_option_id };
  expect((await readOption(as(), ref)).option.config).toMatchObject({ bind_password: 'first' });
  await core.rows(
    `update login_option set secrets = jsonb_build_object(
       'bind_password', secrets->'client_key', 'client_key', secrets->'bind_password') where id = ? returning 1`,
    [login_option_id],
  );
  const { settings, em } = as();
  const option = await em.fork().findOneOrFail(LoginOption, { id: LoginOptionRef.parse(ref).login_option_id });
  for (const name of ['bind_password', 'client_key'] as const) {
    const alone = { id: option.id, config: {}, secrets: { [name]: option.secrets[name] ?? '' } };
    expect(() => openConfig(settings, alone)).toThrow(`The ${name} of this login option was encrypted with another`);
  }
});

test('a new service secret reseals more login options than fit in one batch', async () => {
  const portal = await core.portal();
  const former = core.as(worker);
  const em = former.em.fork();
  for (let made = 0; made < 201; made += 1) {
    const id = newId<LoginOptionId>();
    const sealed = sealConfig(former.settings, { id }, oidc);
    const about = { name: 'x', providerType: 'oidc', createdAt: LATER, updatedAt: LATER } as const;
    em.create(LoginOption, { id, portal, ...about, ...sealed });
  }
  await em.flush();
  const secret = 'the next secret, of more than 32 characters';
  const settings = { ...former.settings, secret, previousSecret: former.settings.secret };
  const { count } = await resealSecrets({ ...former, settings });
  expect(count).toBeGreaterThanOrEqual(201);
  expect((await resealSecrets({ ...former, settings })).count).toBe(0);
});
