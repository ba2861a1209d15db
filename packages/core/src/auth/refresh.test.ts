import { expect, test } from 'vitest';
import { deleteDeveloper } from '../developer/delete-developer.ts';
import { inviteDeveloper } from '../developer/invite-developer.ts';
import { updateDeveloper } from '../developer/update-developer.ts';
import { updatePortal } from '../portal/update-portal.ts';
import { admin, codeOf, coreTest, PASSWORD } from '../testing/core-test.ts';
import { newProvider } from '../testing/provider.ts';

const core = coreTest();
const as = () => core.as(admin());
type SignInResult = { developer: { developer_id: string } };

type UpdateEvent = { changed: string[]; actor_kind: string; actor_id: string };
const updatesOf = ({ developer }: SignInResult) =>
  core.rows<UpdateEvent>(
    `select changed, actor_kind, actor_id from event where name = 'developer.updated' and resource_id = ? order by id`,
    [developer.developer_id],
  );
const narrow = (portal_id: string) =>
  updatePortal.execute(as(), { portal_id, settings: { allowed_email_domains: ['example.com'] } });

test('a username in different case is stored in its new spelling', async () => {
  const { come } = await newProvider(core);
  const first = await come();
  expect((await come({ username: 'ADA' })).developer).toMatchObject({ id: first.developer.id, username: 'ADA' });
  expect(await updatesOf(first)).toMatchObject([{ changed: ['username'] }]);
});

test.each([true, false, null])('the same sign-in twice changes nothing, verified: %s', async (emailVerified) => {
  const { come } = await newProvider(core);
  const first = await come({ emailVerified });
  const again = await come({ emailVerified });
  expect(again.developer).toMatchObject({ email_verified: emailVerified === true });
  expect(again.developer.updated_at).toBe(first.developer.updated_at);
  expect(await updatesOf(first)).toEqual([]);
});

test('the same sign-in twice changes nothing, even if another developer owns the address', async () => {
  const { come, portal_id } = await newProvider(core);
  await inviteDeveloper.execute(as(), { portal_id, username: 'b', password: PASSWORD, email: 'ada@example.org' });
  const first = await come();
  await come();
  expect(await updatesOf(first)).toEqual([]);
});

test('changed claims update the time of the last change and record an event of the developer', async () => {
  const { come } = await newProvider(core);
  const first = await come();
  const now = new Date(Date.now() + 60_000);
  const { developer } = await come({ name: 'Ada King', username: 'king', email: 'king@example.org' }, { now });
  expect(developer.updated_at).toBe(now.toISOString());
  const [event, ...others] = await updatesOf(first);
  expect(others).toEqual([]);
  expect(event).toMatchObject({ actor_kind: 'developer', actor_id: developer.developer_id });
  expect(event?.changed).toEqual(['username', 'name', 'email']);
});

test('the event names email_verified only if it changes', async () => {
  const { come } = await newProvider(core);
  const first = await come({ emailVerified: false });
  const now = new Date(Date.now() + 60_000);
  expect((await come({}, { now })).developer).toMatchObject({ email_verified: true, updated_at: now.toISOString() });
  await come({ email: 'king@example.org', emailVerified: false });
  await come({ email: 'ada@example.org', emailVerified: false });
  const changes = (await updatesOf(first)).map(({ changed }) => changed);
  expect(changes).toEqual([['email_verified'], ['email', 'email_verified'], ['email']]);
});

test('a new name updates the time of the last change and keeps mailed links valid', async () => {
  const { come, portal_id } = await newProvider(core);
  await come();
  const links = () => core.rows('select link_version from developer where portal_id = ?', [portal_id]);
  const before = await links();
  const now = new Date(Date.now() + 60_000);
  expect((await come({ name: 'Ada King' }, { now })).developer.updated_at).toBe(now.toISOString());
  expect(await links()).toEqual(before);
});

test('an unverified claim to an address does not block its owner', async () => {
  const { come } = await newProvider(core);
  await come({ emailVerified: false });
  const owner = await come({ subject: 'sub-2', username: 'grace' });
  expect(owner.developer.email_verified).toBe(true);
  await come({ subject: 'sub-3', username: 'eve', email: 'eve@example.org' });
  await come({ subject: 'sub-3', username: 'eve', email: 'new@example.org', emailVerified: false });
  const other = await come({ subject: 'sub-4', username: 'joan', email: 'new@example.org' });
  expect(other.developer).toMatchObject({ email: 'new@example.org', email_verified: true });
});

test('an address is free again when its owner is deleted', async () => {
  const { come, portal_id } = await newProvider(core);
  const email = 'ada@example.org';
  const { developer_id } = await inviteDeveloper.execute(as(), { portal_id, username: 'b', password: PASSWORD, email });
  await deleteDeveloper.execute(as(), { portal_id, developer_id });
  expect((await come()).developer.email_verified).toBe(true);
});

test('a developer keeps a verified address, or signs in without one, when the portal narrows its domains', async () => {
  const { come, portal_id } = await newProvider(core);
  await come();
  await narrow(portal_id);
  expect(await codeOf(come())).toBe('none');
  expect(await codeOf(come({ email: 'ADA@example.org', emailVerified: false }))).toBe('none');
  expect(await codeOf(come({ email: null }))).toBe('none');
  expect(await codeOf(come({ email: 'other@example.org' }))).toBe('email_domain_not_allowed');
});

test('a developer keeps an address set by an admin when the portal narrows its domains', async () => {
  const { come, portal_id } = await newProvider(core);
  const { developer_id } = (await come({ emailVerified: false })).developer;
  await updateDeveloper.execute(as(), { portal_id, developer_id, email: 'given@example.org' });
  await narrow(portal_id);
  expect(await codeOf(come({ email: 'given@example.org', emailVerified: false }))).toBe('none');
  expect(await codeOf(come({ emailVerified: false }))).toBe('email_domain_not_allowed');
});

test('a developer cannot keep an unverified address when the portal narrows its domains', async () => {
  const { come, portal_id } = await newProvider(core);
  await come({ emailVerified: false });
  await narrow(portal_id);
  expect(await codeOf(come({ emailVerified: false }))).toBe('email_domain_not_allowed');
});

test('a former username is free for others, and the new one is not', async () => {
  const { come, portal_id } = await newProvider(core);
  await come();
  await come({ username: 'king' });
  const invite = (username: string) => inviteDeveloper.execute(as(), { portal_id, username, password: PASSWORD });
  expect(await codeOf(invite('King'))).toBe('username_taken');
  expect(await codeOf(invite('ada'))).toBe('none');
});

test('a name that is too long is ignored', async () => {
  const { come } = await newProvider(core);
  const name = 'x'.repeat(101);
  expect((await come({ name })).developer.name).toBe('ada');
  expect((await come({ name: name.slice(1) })).developer.name).toBe(name.slice(1));
  expect((await come({ name })).developer.name).toBe(name.slice(1));
});
