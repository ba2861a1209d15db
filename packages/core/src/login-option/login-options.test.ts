import { LoginOptionRef } from '@gatehouse/contract/login-option';
import type { z } from 'zod';
import type { LoginOptionId, PortalId } from '@gatehouse/contract/ids';
import { newId } from '@gatehouse/db/columns';
import { createOrm } from '@gatehouse/db/orm';
import { expect, test } from 'vitest';
import type { Context } from '../kernel/context.ts';
import { getPortal } from '../portal/get-portal.ts';
import { updatePortal } from '../portal/update-portal.ts';
import { admin, anonymous, codeOf, coreTest, PASSWORD, portalToken, worker } from '../testing/core-test.ts';
import { inPersonAs, registered, signedIn, signIn } from '../testing/in-person.ts';
import { forgotPassword } from '../auth/forgot-password.ts';
import { createLoginOption } from './create-login-option.ts';
import { deleteLoginOption } from './delete-login-option.ts';
import { getLoginOption } from './get-login-option.ts';
import { listLoginOptions } from './list-login-options.ts';
import { loginOptions } from '../auth/login-options.ts';
import { readSsoOption } from './read-sso-option.ts';
import { resealSecrets } from './reseal-secrets.ts';
import { testLoginOption } from './test-login-option.ts';
import { updateLoginOption } from './update-login-option.ts';

const readOption = (context: Context, ref: z.input<typeof LoginOptionRef>) =>
  readSsoOption(context, LoginOptionRef.parse(ref));
const core = coreTest();
const SECRET = 'the-client-secret-of-these-tests';
const oidc = { issuer: 'https://login.example.org', client_id: 'portal', client_secret: SECRET };
const as = () => core.as(admin());

const create = (portal_id: string, config: object = oidc, provider_type = 'oidc' as const) =>
  createLoginOption.execute(as(), { portal_id, name: 'Company', provider_type, config: { ...oidc, ...config } });

const builtInOf = async (portal_id: string) => {
  const { list } = await listLoginOptions.execute(as(), { portal_id, provider_type: 'built_in' });
  const [option] = list;
  if (!option) throw new Error('The portal has no built-in login option.');
  return option;
};

test('a login option shows everything except its secrets, which are sealed in the database', async () => {
  const portal_id = await core.portal();
  const option = await create(portal_id);
  expect(option).toMatchObject({
    portal_id,
    name: 'Company',
    logo: null,
    provider_type: 'oidc',
    disable: false,
    secrets: ['client_secret'],
    config: {
      issuer: oidc.issuer,
      client_id: 'portal',
      request_scopes: ['openid', 'profile', 'email'],
      ssl_verify: true,
      registration_auto_approval: true,
      trust_email: false,
      attributes: {},
      callback_url: `https://gatehouse.example/api/portals/${portal_id}/auth/sso/${option.id}/callback`,
    },
  });
  const ref = { portal_id, login_option_id: option.id };
  expect(await getLoginOption.execute(as(), ref)).toEqual(option);
  const { list } = await listLoginOptions.execute(as(), { portal_id, search: 'comp' });
  expect(list).toEqual([option]);
  expect(JSON.stringify(list)).not.toContain(SECRET);
  const stored = await core.rows('select * from login_option where id = ?', [option.id]);
  expect(JSON.stringify(stored)).not.toContain(SECRET);
  expect(JSON.stringify(await core.rows('select * from event'))).not.toContain(SECRET);
  expect(await readOption(as(), ref)).toMatchObject({
    option: { provider_type: 'oidc', config: { client_secret: SECRET } },
  });
});

test('an update keeps omitted fields, resets null fields to the default and records the changed fields', async () => {
  const portal_id = await core.portal();
  const { id: login_option_id } = await create(portal_id, { attributes: { username: 'upn', email: 'mail' } });
  const ref = { portal_id, login_option_id };
  const patched = await updateLoginOption.execute(as(), {
    ...ref,
    name: 'Other',
    config: { client_secret: 'another', request_scopes: null, attributes: { email: null }, ssl_verify: false },
  });
  expect(patched.name).toBe('Other');
  expect(patched.config).toMatchObject({ ssl_verify: false, attributes: { username: 'upn' } });
  expect(patched.config).not.toHaveProperty('attributes.email');
  const { option } = await readOption(as(), ref);
  expect(option.config).toMatchObject({ client_secret: 'another', issuer: oidc.issuer });
  const [event] = await core.rows<{ changed: string[] }>(
    `select changed from event where name = 'login_option.updated' and resource_id = ?`,
    [login_option_id],
  );
  expect(event?.changed.toSorted()).toEqual(['config.attributes', 'config.client_secret', 'config.ssl_verify', 'name']);
  await updateLoginOption.execute(as(), { ...ref, config: { client_secret: 'another' } });
  const events = await core.rows(`select 1 from event where name = 'login_option.updated' and resource_id = ?`, [
    login_option_id,
  ]);
  expect(events).toHaveLength(1);
});

test('a new address of the provider requires the secret again', async () => {
  const portal_id = await core.portal();
  const { id: login_option_id } = await create(portal_id);
  const ref = { portal_id, login_option_id };
  const evil = { issuer: 'https://evil.example' };
  for (const config of [evil, { ssl_verify: false }])
    await expect(updateLoginOption.execute(as(), { ...ref, config })).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ path: '/config/client_secret' }],
    });
  await updateLoginOption.execute(as(), { ...ref, config: { client_id: 'other', issuer: oidc.issuer } });
  const known = { ...evil, client_secret: SECRET };
  expect((await updateLoginOption.execute(as(), { ...ref, config: known })).config).toMatchObject(evil);
  const ldap = {
    host: 'ldap.example.org',
    port: 636,
    base_dn: 'dc=x',
    use_ssl: true,
    bind_dn: 'cn=x',
    bind_password: 'x',
  };
  const made = await createLoginOption.execute(as(), { portal_id, name: 'x', provider_type: 'ldap', config: ldap });
  for (const config of [
    { host: 'evil.example' },
    { port: 1 },
    { ssl_verify: false },
    { root_ca_cert: '-----BEGIN X-----' },
  ])
    await expect(
      updateLoginOption.execute(as(), { portal_id, login_option_id: made.id, config }),
    ).rejects.toMatchObject({ issues: [{ path: '/config/bind_password' }] });
});

test('the config of the built-in login option requires the scope to change the portal', async () => {
  const portal_id = await core.portal();
  const { id: login_option_id } = await builtInOf(portal_id);
  const config = { registration_auto_approval: true };
  const lesser = core.as(admin(['login_options:write']));
  expect(await codeOf(updateLoginOption.execute(lesser, { portal_id, login_option_id, config }))).toBe('forbidden');
  const renamed = await updateLoginOption.execute(lesser, { portal_id, login_option_id, name: 'By password' });
  expect(renamed.name).toBe('By password');
});

test.each([
  ['oidc', {}, '/config/issuer'],
  ['oidc', { ...oidc, issuer: 'x' }, '/config/issuer'],
  ['oidc', { ...oidc, issuer: 'https://x.org:99999' }, '/config/issuer'],
  ['oidc', { ...oidc, root_url: 'https://x.org/?a' }, '/config/root_url'],
  ['oidc', { ...oidc, root_url: 'https://u:p@x.org' }, '/config/root_url'],
  ['oidc', { ...oidc, issuer: 'http://login.example.org' }, '/config/issuer'],
  ['oidc', { ...oidc, issuer: 'https://user:secret@login.example.org' }, '/config/issuer'],
  ['oidc', { ...oidc, request_scopes: ['profile'] }, '/config/request_scopes'],
  ['oidc', { ...oidc, surprise: 1 }, '/config/surprise'],
  ['oidc', { ...oidc, attributes: { phone: 'x' } }, '/config/attributes/phone'],
  ['saml', {}, '/config/idp_metadata_url'],
  ['saml', { idp_metadata: '<x/>', idp_metadata_url: 'https://idp.example.org' }, '/config/idp_metadata_url'],
  ['saml', { idp_metadata: '<x/>', sign_request: true }, '/config/private_key'],
  ['saml', { idp_metadata: '<x/>', private_key: '-----BEGIN PRIVATE KEY-----' }, '/config/certificate'],
  ['ldap', { host: 'ldap.example.org', port: 389, base_dn: 'dc=x' }, '/config/start_tls'],
  [
    'ldap',
    { host: 'ldap.example.org', port: 389, base_dn: 'dc=x', use_ssl: true, start_tls: true },
    '/config/start_tls',
  ],
  ['ldap', { host: 'ldap.example.org', port: 636, base_dn: 'dc=x', use_ssl: true, bind_dn: 'cn=x' }, '/config/bind_dn'],
  ['ldap', { host: 'a b', port: 636, base_dn: 'dc=x', use_ssl: true }, '/config/host'],
  ['ldap', { host: 'x', port: 0, base_dn: 'dc=x', use_ssl: true }, '/config/port'],
  ['cas', { url: 'ftp://cas.example.org' }, '/config/url'],
] as const)('an invalid %s config is rejected with the name of the field: %j', async (provider_type, config, path) => {
  const portal_id = await core.portal();
  const call = createLoginOption.execute(as(), {
    portal_id,
    name: 'x',
    provider_type,
    // Removes the types, because the config is invalid on purpose.
    config: JSON.parse(JSON.stringify(config)),
  });
  await expect(call).rejects.toMatchObject({
    code: 'invalid_input',
    issues: expect.arrayContaining([expect.objectContaining({ path })]),
  });
});

test('a login option is hidden from other portals, and requires the scope', async () => {
  const [portal_id, foreign] = [await core.portal(), await core.portal()];
  const { id: login_option_id } = await create(portal_id);
  const theirs = (scopes: Parameters<typeof portalToken>[1]) => core.as(portalToken(foreign, scopes));
  const ref = { portal_id, login_option_id };
  expect(await codeOf(getLoginOption.execute(theirs(['login_options:write']), ref))).toBe('not_found');
  expect(await codeOf(updateLoginOption.execute(theirs(['login_options:write']), { ...ref, name: 'x' }))).toBe(
    'not_found',
  );
  expect(await codeOf(deleteLoginOption.execute(theirs(['login_options:write']), ref))).toBe('not_found');
  expect(await codeOf(getLoginOption.execute(as(), { ...ref, portal_id: foreign }))).toBe('not_found');
  expect(await codeOf(getLoginOption.execute(core.as(portalToken(portal_id)), ref))).toBe('forbidden');
  expect(await codeOf(readOption(as(), { ...ref, portal_id: foreign }))).toBe('not_found');
});

test('every portal has one built-in login option, whose config is part of the portal settings', async () => {
  const portal_id = await core.portal({ login_with_email: false });
  const builtIn = await builtInOf(portal_id);
  expect(builtIn.config).toEqual({
    enable_self_registration: true,
    registration_auto_approval: false,
    login_with_email: false,
  });
  const ref = { portal_id, login_option_id: builtIn.id };
  const patched = await updateLoginOption.execute(as(), { ...ref, config: { registration_auto_approval: true } });
  expect(patched.config).toMatchObject({ registration_auto_approval: true, login_with_email: false });
  expect((await getPortal.execute(as(), { portal_id })).settings.registration_auto_approval).toBe(true);
  await updatePortal.execute(as(), { portal_id, settings: { self_registration: false } });
  expect((await getLoginOption.execute(as(), ref)).config).toMatchObject({ enable_self_registration: false });
  const second = createLoginOption.execute(as(), { portal_id, name: 'x', provider_type: 'built_in', config: {} });
  expect(await codeOf(second)).toBe('illegal_state');
  expect(await codeOf(deleteLoginOption.execute(as(), ref))).toBe('illegal_state');
});

test('disabling the built-in login option blocks passwords and ends its sessions', async () => {
  const { portal_id, token } = await signedIn(core);
  const other = await signedIn(core);
  const { id: login_option_id } = await builtInOf(portal_id);
  await updateLoginOption.execute(as(), { portal_id, login_option_id, disable: true });
  expect(await codeOf(inPersonAs(core, token))).toBe('unauthenticated');
  expect(await codeOf(other.as())).toBe('none');
  expect(await codeOf(signIn(core, portal_id, { username: 'ada' }))).toBe('login_option_disabled');
  expect(await codeOf(signIn(core, portal_id, { username: 'ada', password: 'wrong' }))).toBe('login_option_disabled');
  expect(await codeOf(registered(core, portal_id, 'bob'))).toBe('login_option_disabled');
  const forgotten = forgotPassword.execute(core.as(anonymous), { portal_id, email: 'ada@example.org' });
  expect(await codeOf(forgotten)).toBe('login_option_disabled');
  await updateLoginOption.execute(as(), { portal_id, login_option_id, disable: false });
  expect(await codeOf(signIn(core, portal_id, { username: 'ada', password: PASSWORD }))).toBe('none');
});

test('anonymous callers see only the public fields of enabled login options', async () => {
  const portal_id = await core.portal();
  const { id } = await create(portal_id);
  const { id: hidden } = await create(portal_id);
  await updateLoginOption.execute(as(), { portal_id, login_option_id: hidden, disable: true });
  const { list } = await loginOptions.execute(core.as(anonymous), { portal_id });
  expect(list).toEqual([
    { id: (await builtInOf(portal_id)).id, name: 'Password', logo: null, provider_type: 'built_in', login_url: null },
    {
      id,
      name: 'Company',
      logo: null,
      provider_type: 'oidc',
      login_url: `https://gatehouse.example/api/portals/${portal_id}/auth/sso/${id}/login`,
    },
  ]);
});

test('a new service secret reseals the secrets of the previous one', async () => {
  const portal_id = await core.portal();
  const { id: login_option_id } = await create(portal_id);
  const ref = { portal_id, login_option_id };
  const former = core.as(worker);
  const changed: Context = {
    ...former,
    settings: {
      ...former.settings,
      secret: 'the next secret, of more than 32 characters',
      previousSecret: former.settings.secret,
    },
  };
  const alone: Context = { ...changed, settings: { ...changed.settings, previousSecret: null } };
  expect((await readOption(changed, ref)).option.config).toMatchObject({ client_secret: SECRET });
  expect(await codeOf(readOption(alone, ref))).toBe('dependency_down');
  const tried = testLoginOption.execute({ ...alone, actor: admin() }, ref);
  await expect(tried).rejects.toMatchObject({
    code: 'illegal_state',
    message: expect.stringContaining('GATEHOUSE_PREVIOUS_SECRET'),
  });
  const { id: lost } = await create(portal_id);
  await core.rows(`update login_option set secrets = '{"client_secret":"s1.x.x.x"}' where id = ? returning 1`, [lost]);
  const first = await resealSecrets(changed);
  expect(first.count).toBeGreaterThan(0);
  expect(first.lost).toEqual([lost]);
  expect(await resealSecrets(changed)).toEqual({ count: 0, lost: [lost] });
  const lostRef = { portal_id, login_option_id: lost };
  await updateLoginOption.execute(
    { ...changed, actor: admin() },
    { ...lostRef, config: { client_secret: 'replaced' } },
  );
  expect((await readOption(alone, lostRef)).option.config).toMatchObject({ client_secret: 'replaced' });
  expect((await readOption(alone, ref)).option.config).toMatchObject({ client_secret: SECRET });
});

test('an unreachable database is reported as dependency_down', async () => {
  const orm = createOrm({ databaseUrl: 'postgresql://app@127.0.0.1:1/nowhere' });
  const { settings } = as();
  const [portal_id, login_option_id] = [newId<PortalId>(), newId<LoginOptionId>()];
  expect(await codeOf(readSsoOption({ em: orm.em, settings }, { portal_id, login_option_id }))).toBe('dependency_down');
  await orm.close();
});
