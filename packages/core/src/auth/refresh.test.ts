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

test('a username that is written differently is shown as it is written now', async () => {
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

test('the same sign-in twice changes nothing, also with an address that is owned by another', async () => {
  const { come, portal_id } = await newProvider(core);
  await inviteDeveloper.execute(as(), { portal_id, username: 'b', password: PASSWORD, email: 'ada@example.org' });
  const first = await come();
  await come();
  expect(await updatesOf(first)).toEqual([]);
});

test('what is new is dated, and changed by the developer', async () => {
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

test('whether an address is verified is named where that is new', async () => {
  const { come } = await newProvider(core);
  const first = await come({ emailVerified: false });
  const now = new Date(Date.now() + 60_000);
  expect((await come({}, { now })).developer).toMatchObject({ email_verified: true, updated_at: now.toISOString() });
  await come({ email: 'king@example.org', emailVerified: false });
  await come({ email: 'ada@example.org', emailVerified: false });
  const changes = (await updatesOf(first)).map(({ changed }) => changed);
  expect(changes).toEqual([['email_verified'], ['email', 'email_verified'], ['email']]);
});

test('a new name alone is dated too, and leaves links that were mailed as they are', async () => {
  const { come, portal_id } = await newProvider(core);
  await come();
  const links = () => core.rows('select link_version from developer where portal_id = ?', [portal_id]);
  const before = await links();
  const now = new Date(Date.now() + 60_000);
  expect((await come({ name: 'Ada King' }, { now })).developer.updated_at).toBe(now.toISOString());
  expect(await links()).toEqual(before);
});

test('an unverified address does not keep its owner from it', async () => {
  const { come } = await newProvider(core);
  await come({ emailVerified: false });
  const owner = await come({ subject: 'sub-2', username: 'grace' });
  expect(owner.developer.email_verified).toBe(true);
  await come({ subject: 'sub-3', username: 'eve', email: 'eve@example.org' });
  await come({ subject: 'sub-3', username: 'eve', email: 'new@example.org', emailVerified: false });
  const other = await come({ subject: 'sub-4', username: 'joan', email: 'new@example.org' });
  expect(other.developer).toMatchObject({ email: 'new@example.org', email_verified: true });
});

test('an address is free again when who owned it has left', async () => {
  const { come, portal_id } = await newProvider(core);
  const email = 'ada@example.org';
  const { developer_id } = await inviteDeveloper.execute(as(), { portal_id, username: 'b', password: PASSWORD, email });
  await deleteDeveloper.execute(as(), { portal_id, developer_id });
  expect((await come()).developer.email_verified).toBe(true);
});

test('who has shown an address keeps it when the portal takes others no more, and gets in without one', async () => {
  const { come, portal_id } = await newProvider(core);
  await come();
  await narrow(portal_id);
  expect(await codeOf(come())).toBe('none');
  expect(await codeOf(come({ email: 'ADA@example.org', emailVerified: false }))).toBe('none');
  expect(await codeOf(come({ email: null }))).toBe('none');
  expect(await codeOf(come({ email: 'other@example.org' }))).toBe('email_domain_not_allowed');
});

test('who was given an address by an admin keeps it', async () => {
  const { come, portal_id } = await newProvider(core);
  const { developer_id } = (await come({ emailVerified: false })).developer;
  await updateDeveloper.execute(as(), { portal_id, developer_id, email: 'given@example.org' });
  await narrow(portal_id);
  expect(await codeOf(come({ email: 'given@example.org', emailVerified: false }))).toBe('none');
  expect(await codeOf(come({ emailVerified: false }))).toBe('email_domain_not_allowed');
});

test('who has only said that an address is theirs does not keep it', async () => {
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

test('a name that cannot be shown is none', async () => {
  const { come } = await newProvider(core);
  const name = 'x'.repeat(101);
  expect((await come({ name })).developer.name).toBe('ada');
  expect((await come({ name: name.slice(1) })).developer.name).toBe(name.slice(1));
  expect((await come({ name })).developer.name).toBe(name.slice(1));
});
